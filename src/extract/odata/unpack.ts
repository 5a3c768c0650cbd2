import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

const ways = {
  gzip: promisify(gunzip),
  zlib: promisify(inflate),
  raw: promisify(inflateRaw),
  br: promisify(brotliDecompress),
};

/** Deflate can't do better (zlib's documentation). */
const MOST_RATIO = 1032;

/** Larger than a page of 1000 full records. */
const LARGEST_PIECE = 64 * 1024 * 1024;

/**
 * An answer's body as it was before it was packed, off the main thread. What was packed in no way that is known is left as
 * it is: whoever reads it will see.
 * @throws Error where its end is missing, or it has more than `most` bytes.
 */
export async function unpack(body: Buffer, encoding: string | undefined, most: number): Promise<Buffer> {
  const way = wayOf(body, encoding?.trim().toLowerCase());
  if (way === undefined || body.length === 0) return body;
  // One piece as large as all of it, rather than thousands of 16 KB that are put together in the end.
  const chunkSize = Math.max(65_536, Math.min(said(body, way), body.length * MOST_RATIO, LARGEST_PIECE));
  return ways[way](body, { chunkSize, maxOutputLength: most });
}

function wayOf(body: Buffer, encoding: string | undefined): keyof typeof ways | undefined {
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip';
  if (encoding === 'br') return 'br';
  // Some servers leave the header of two bytes away, whose first names the method in its lower half.
  if (encoding === 'deflate') return (body[0]! & 0x0f) === 8 ? 'zlib' : 'raw';
  return undefined;
}

/** Bytes, as gzip's last four say: modulo 2^32, and by somebody who may say anything. */
function said(body: Buffer, way: keyof typeof ways): number {
  return way === 'gzip' && body.length >= 18 ? body.readUInt32LE(body.length - 4) + 1 : 0;
}
