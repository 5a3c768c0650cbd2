import { isUtf8 } from 'node:buffer';
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
 * An answer's body as it was before it was packed, off the main thread. A body is not packed if it does not begin as the
 * encoding demands, whatever the header says: some gateways unpack a body and keep its header, or the reverse.
 * @throws Error if its end is missing, or it has more than `most` bytes.
 */
export async function unpack(body: Buffer, encoding: string | undefined, most: number): Promise<Buffer> {
  const way = wayOf(body, encoding?.trim().toLowerCase());
  if (way === undefined || body.length === 0) return body;
  // One piece as large as all of it, rather than thousands of 16 KB that are put together in the end.
  const chunkSize = Math.max(
    65_536,
    Math.min(statedSize(body, way), body.length * MOST_RATIO, LARGEST_PIECE),
  );
  return ways[way](body, { chunkSize, maxOutputLength: most });
}

function wayOf(body: Buffer, encoding: string | undefined): keyof typeof ways | undefined {
  // No text begins with these bytes (RFC 1952, 2.3.1).
  if (body[0] === 0x1f && body[1] === 0x8b) return 'gzip';
  if (isText(body)) return undefined;
  if (encoding === 'br') return 'br';
  // Some servers leave the header of two bytes away, whose first names the method in its lower half.
  if (encoding === 'deflate') return (body[0]! & 0x0f) === 8 ? 'zlib' : 'raw';
  return undefined;
}

/** Whether it begins as JSON, XML or HTML and is UTF-8 throughout, which no packed body is. */
function isText(body: Buffer): boolean {
  return /^\s*[{[<]/.test(body.toString('utf8', 0, 64)) && isUtf8(body);
}

/** Bytes, as the last four of a gzip state them: modulo 2^32, and not to be trusted. */
function statedSize(body: Buffer, way: keyof typeof ways): number {
  return way === 'gzip' && body.length >= 18 ? body.readUInt32LE(body.length - 4) + 1 : 0;
}
