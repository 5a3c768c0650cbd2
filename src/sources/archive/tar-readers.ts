import type { FileHandle } from 'node:fs/promises';
import type { TarReader } from './tar.ts';

/** Reads an archive on disk: what is skipped is not read. */
export function createFileReader(handle: FileHandle, size: number): TarReader {
  let offset = 0;
  return {
    offset: () => offset,
    read: async (bytes) => {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(bytes), 0, bytes, offset);
      offset += bytesRead;
      return buffer.subarray(0, bytesRead);
    },
    skip: async (bytes) => {
      offset += bytes;
      return offset <= size;
    },
  };
}

/** Reads an archive as it is unpacked. */
export function createStreamReader(chunks: AsyncIterator<Buffer>): TarReader {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  /** Passes the next bytes to `use` until there are enough; returns their number. */
  const take = async (bytes: number, use: (piece: Buffer) => void): Promise<number> => {
    let left = bytes;
    while (left > 0) {
      if (rest.length === 0) {
        const next = await chunks.next();
        if (next.done === true) break;
        rest = next.value;
      }
      const piece = rest.subarray(0, left);
      rest = rest.subarray(piece.length);
      left -= piece.length;
      use(piece);
    }
    offset += bytes - left;
    return bytes - left;
  };
  return {
    offset: () => offset,
    read: async (bytes) => {
      const pieces: Buffer[] = [];
      await take(bytes, (piece) => pieces.push(piece));
      return Buffer.concat(pieces);
    },
    skip: async (bytes) => (await take(bytes, () => undefined)) === bytes,
  };
}

/** Passes on `length` bytes after the first `start` ones, and stops reading then. */
export async function* slice(
  chunks: AsyncIterable<Buffer>,
  start: number,
  length: number,
): AsyncGenerator<Buffer> {
  const end = start + length;
  let offset = 0;
  if (length === 0) return;
  for await (const chunk of chunks) {
    const piece = chunk.subarray(Math.max(0, start - offset), Math.max(0, end - offset));
    offset += chunk.length;
    if (piece.length > 0) yield piece;
    if (offset >= end) return;
  }
}
