import { isAscii } from 'node:buffer';
import { findLastBorder } from '../../lib/utf8-border.ts';
import { WINDOWS_1252 } from '../../lib/windows-1252.ts';

/** Decodes bytes as they come. */
export type Decoder = {
  /** @returns the text of all characters that are complete. */
  decode(chunk: Buffer): string;
  /** @returns what the last chunk left. */
  end(): string;
};

/**
 * Creates a decoder that drops the byte order mark. Bytes that are no character become U+FFFD.
 * @param encoding as `normalizeEncoding` returns it.
 */
export function createDecoder(encoding: string): Decoder {
  if (encoding === 'windows-1252') return { decode: decodeWindows1252, end: () => '' };
  if (encoding === 'utf-8') return createUtf8Decoder();
  const decoder = new TextDecoder(encoding);
  return { decode: (chunk) => decoder.decode(chunk, { stream: true }), end: () => decoder.decode() };
}

/** In a stream, `TextDecoder` and `StringDecoder` take several times as long for ASCII. */
function createUtf8Decoder(): Decoder {
  let rest: Buffer = Buffer.alloc(0);
  let isStart = true;
  const toText = (bytes: Buffer): string => {
    if (bytes.length === 0) return '';
    const text = bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
    const isMarked = isStart && text.startsWith('\uFEFF');
    isStart = false;
    return isMarked ? text.slice(1) : text;
  };
  return {
    decode: (chunk) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const border = findLastBorder(bytes);
      rest = bytes.subarray(border);
      return toText(bytes.subarray(0, border));
    },
    end: () => toText(rest),
  };
}

function decodeWindows1252(chunk: Buffer): string {
  return chunk
    .toString('latin1')
    .replaceAll(/[\x80-\x9f]/g, (character) => WINDOWS_1252[character.charCodeAt(0)]!);
}
