import { createDecoder } from '../decoder.ts';

/** V8 allocates texts from 128 KB on one by one, which takes several times as long as splitting them. */
const PIECE_BYTES = 32 * 1024;

export type DecodedText = {
  readonly texts: AsyncIterable<string>;
  /** Characters so far that could not be decoded and became U+FFFD; counted if `counts` is set. */
  replaced(): number;
};

/**
 * Decodes the bytes of a file. NUL bytes vanish, and every line ends in `\n`, also within quotes: files that several programs
 * wrote mix the kinds.
 * @param counts whether the file has bytes that are not text.
 */
export function decodeFile(
  chunks: AsyncIterable<Buffer>,
  { encoding, counts }: { readonly encoding: string; readonly counts: boolean },
): DecodedText {
  let replaced = 0;
  async function* decode(): AsyncGenerator<string> {
    const decoder = createDecoder(encoding);
    const lines = createLineNormalizer();
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        const text = decoder.decode(chunk.subarray(at, at + PIECE_BYTES));
        if (counts) replaced += countReplaced(text);
        yield lines.push(text);
      }
    }
    yield lines.push(decoder.end()) + lines.end();
  }
  return { texts: decode(), replaced: () => replaced };
}

/** CR LF can be split between two chunks. */
function createLineNormalizer(): { push(text: string): string; end(): string } {
  let hasCr = false;
  return {
    push: (text) => {
      let whole = hasCr ? `\r${text}` : text;
      hasCr = whole.endsWith('\r');
      if (hasCr) whole = whole.slice(0, -1);
      if (whole.includes('\r')) whole = whole.replaceAll(/\r\n?/g, '\n');
      return whole.includes('\0') ? whole.replaceAll('\0', '') : whole;
    },
    end: () => (hasCr ? '\n' : ''),
  };
}

function countReplaced(text: string): number {
  return text.split('\uFFFD').length - 1;
}
