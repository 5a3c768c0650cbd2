import { isUtf8 } from 'node:buffer';
import { WINDOWS_1252 } from './windows-1252.ts';

/** MySQL's latin1 is windows-1252, in which every byte is a character. So decoding can be undone. */
const BYTES: ReadonlyMap<string, number> = new Map(WINDOWS_1252.map((character, byte) => [character, byte]));

/**
 * Restores UTF-8 text that was decoded as latin1: `â€™` becomes `’`.
 * @returns undefined if the text cannot have this cause, or is ASCII.
 */
export function undoLatin1(text: string): string | undefined {
  const bytes = Buffer.alloc(text.length);
  let isAscii = true;
  for (let index = 0; index < text.length; index += 1) {
    const byte = BYTES.get(text[index]!);
    if (byte === undefined) return undefined;
    if (byte > 0x7f) isAscii = false;
    bytes[index] = byte;
  }
  return isAscii || !isUtf8(bytes) ? undefined : bytes.toString();
}

/** Returns what a server stores if a driver sends the text as latin1: Node.js keeps the low byte of each UTF-16 unit. */
export function passThroughLatin1(text: string): string {
  return Array.from(Buffer.from(text, 'latin1'), (byte) => WINDOWS_1252[byte]).join('');
}
