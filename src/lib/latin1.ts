import { isUtf8 } from 'node:buffer';

/**
 * MySQL's latin1 is windows-1252 whose five unused bytes are the control characters of the same number, as in the WHATWG's
 * decoder: every byte is a character, so that what was read so can be taken back.
 */
const CHARACTERS = new TextDecoder('windows-1252').decode(
  Uint8Array.from({ length: 256 }, (_, byte) => byte),
);
const BYTES: ReadonlyMap<string, number> = new Map(
  Array.from(CHARACTERS, (character, byte) => [character, byte]),
);

/**
 * Takes back that UTF-8 was read as latin1: `â€™` becomes `’` again.
 * @returns undefined if the text cannot have come from that, or is ASCII.
 */
export function undoLatin1(text: string): string | undefined {
  const bytes = Buffer.alloc(text.length);
  let isAscii = true;
  for (let at = 0; at < text.length; at += 1) {
    const byte = BYTES.get(text[at]!);
    if (byte === undefined) return undefined;
    if (byte > 0x7f) isAscii = false;
    bytes[at] = byte;
  }
  return isAscii || !isUtf8(bytes) ? undefined : bytes.toString();
}

/** What a server stores of a text that a driver sends as latin1: Node.js keeps the low byte of each UTF-16 unit. */
export function throughLatin1(text: string): string {
  return Array.from(Buffer.from(text, 'latin1'), (byte) => CHARACTERS[byte]).join('');
}
