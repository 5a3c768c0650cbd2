const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Returns the texts of all elements of a name, which have no attributes. The answers of S3 never nest a name in itself. */
export function readElements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g'))].map((match) => match[1]!);
}

/** Returns the text of the first element of a name, without entities; undefined if there is none. */
export function readText(xml: string, name: string): string | undefined {
  return readElements(xml, name)[0]?.replace(/&(?:(amp|lt|gt|quot|apos)|#(x?[\da-f]+));/gi, toCharacter);
}

function toCharacter(all: string, name: string | undefined, code: string | undefined): string {
  if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? all;
  const value = code!.startsWith('x') ? Number.parseInt(code!.slice(1), 16) : Number(code);
  return value >= 0 && value <= 0x10ffff ? String.fromCodePoint(value) : all;
}
