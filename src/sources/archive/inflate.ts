import type { FileHandle } from 'node:fs/promises';
import { pipeline, type Transform } from 'node:stream';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { type ArchiveLimits, damage, ensureRatio, ensureSize } from './archive.ts';

/** Large chunks: each one costs a round trip to a thread. */
const CHUNK_BYTES = 256 * 1024;

/** Reads a range of a file; `end` is exclusive. The handle stays open. */
export async function* readRange(handle: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end;) {
    const wanted = Math.min(CHUNK_BYTES, end - at);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Inflates deflated bytes (RFC 1951). @throws DamagedFileError if they are cut off or invalid. */
export function inflate(title: string, chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return transform(title, chunks, createInflateRaw({ chunkSize: CHUNK_BYTES }));
}

/**
 * Unpacks a GZ file (RFC 1952), which has its own CRC and length.
 * @param packed its bytes.
 * @throws DamagedFileError if it is damaged; FatalError if it unpacks to too many bytes.
 */
export async function* gunzip(
  title: string,
  chunks: AsyncIterable<Buffer>,
  packed: number,
  limits: ArchiveLimits,
): AsyncGenerator<Buffer> {
  let length = 0;
  for await (const chunk of transform(title, chunks, createGunzip({ chunkSize: CHUNK_BYTES }))) {
    length += chunk.length;
    ensureSize(title, length, limits);
    ensureRatio(title, length, packed, limits);
    yield chunk;
  }
}

async function* transform(
  title: string,
  chunks: AsyncIterable<Buffer>,
  decoder: Transform,
): AsyncGenerator<Buffer> {
  // Its error reaches the reader of the decoder.
  pipeline(chunks, decoder, () => undefined);
  try {
    yield* decoder as AsyncIterable<Buffer>;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw code.startsWith('Z_') ? damage(title, `it cannot be inflated: ${message}`, error) : error;
  } finally {
    decoder.destroy();
  }
}
