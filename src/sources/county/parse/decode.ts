import { isUtf8 } from 'node:buffer';
import { WINDOWS_1252 } from '../../../lib/windows-1252.ts';
import type { Encoding } from '../layouts/layout.ts';

/**
 * Decodes windows-1252; leaves the text as it is for other encodings. The result has one character a byte too, so that
 * offsets keep their meaning.
 * @param text one character a byte.
 */
export function decodeBytes(text: string, encoding: Encoding): string {
  if (encoding !== 'windows-1252' || !/[\x80-\x9f]/.test(text)) return text;
  return text.replaceAll(/[\x80-\x9f]/g, (char) => WINDOWS_1252[char.charCodeAt(0)]!);
}

/** Decodes UTF-8 that has one character a byte. A text that is not UTF-8 is decoded as windows-1252: no byte vanishes. */
export function decodeUtf8Field(text: string): string {
  if (!/[\x80-\xff]/.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeBytes(text, 'windows-1252');
}
