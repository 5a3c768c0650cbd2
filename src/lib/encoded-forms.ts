/** The ways in which a text is written in addresses, JSON and logs; the first one leaves it as it is. */
export const ENCODINGS: readonly ((text: string) => string)[] = [
  (text) => text,
  encodeURIComponent,
  (text) => new URLSearchParams({ a: text }).toString().slice('a='.length),
  (text) => setPart('pathname', text),
  (text) => setPart('search', text),
  (text) => JSON.stringify(text).slice(1, -1),
];

/** The forms that a text can have, each once. */
export function encodedForms(text: string): readonly string[] {
  const forms = ENCODINGS.map((encode) => encode(text));
  // Servers write `%2f` too.
  const lower = forms.map((form) => form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  // A path such as `..` has another meaning, and is shorter.
  return [...new Set([...forms, ...lower])].filter((form) => form.length >= text.length);
}

/** The text as a part of an address; its first character separates it from the part before. */
function setPart(part: 'pathname' | 'search', text: string): string {
  const url = new URL('http://a/');
  url[part] = `${part === 'pathname' ? '/' : '?'}${text}`;
  return url[part].slice(1);
}
