import { isTarHeader } from './tar-header.ts';

/** Formats that are recognised by their first bytes. */
export type Format =
  | 'zip'
  | 'gzip'
  | 'tar'
  | 'text'
  | 'empty'
  | 'HTML'
  | '7-Zip'
  | 'RAR'
  | 'XZ'
  | 'BZIP2'
  | 'Zstandard'
  | 'compress';

/** Bytes that `detectFormat` needs. */
export const FORMAT_BYTES = 512;

/** First bytes, as latin1. */
const SIGNATURES: readonly (readonly [Format, string])[] = [
  ['zip', 'PK\x03\x04'],
  // An empty archive, and one that is split.
  ['zip', 'PK\x05\x06'],
  ['zip', 'PK\x07\x08'],
  ['gzip', '\x1f\x8b'],
  ['7-Zip', '7z\xbc\xaf\x27\x1c'],
  ['RAR', 'Rar!\x1a\x07'],
  ['XZ', '\xfd7zXZ\x00'],
  ['Zstandard', '\x28\xb5\x2f\xfd'],
  ['compress', '\x1f\x9d'],
];

const BZIP2 = /^BZh[1-9]1AY&SY/;
const HTML = /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)\b/i;

/** Recognises a file by its first bytes. Its name is not read. */
export function detectFormat(start: Buffer): Format {
  if (start.length === 0) return 'empty';
  const text = start.toString('latin1', 0, FORMAT_BYTES);
  const found = SIGNATURES.find(([, signature]) => text.startsWith(signature));
  if (found !== undefined) return found[0];
  if (BZIP2.test(text)) return 'BZIP2';
  if (HTML.test(text)) return 'HTML';
  return isTarHeader(start) ? 'tar' : 'text';
}
