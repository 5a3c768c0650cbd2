import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

const decoders = {
  gzip: promisify(gunzip),
  zlib: promisify(inflate),
  raw: promisify(inflateRaw),
  br: promisify(brotliDecompress),
};

type Encoding = keyof typeof decoders;

/** The highest ratio that deflate reaches (zlib's documentation). */
const MAX_RATIO = 1032;

/** Larger than a page of 1000 full records. */
const MAX_CHUNK_BYTES = 64 * 1024 * 1024;
const MIN_CHUNK_BYTES = 65_536;

/**
 * Decompresses an answer's body, off the main thread. The first bytes decide, not the header: some gateways decompress
 * a body and keep its header, or the reverse. A body that is not compressed is returned unchanged.
 * @throws Error if its end is missing, or if it has more than `maxBytes`.
 */
export async function decompress(
  body: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const found = detectEncoding(body, encoding?.trim().toLowerCase());
  if (found === undefined || body.length === 0) return body;
  // One chunk as large as the whole result, rather than thousands of 16 KB chunks that are joined at the end.
  const expected = Math.min(readStatedSize(body, found), body.length * MAX_RATIO, MAX_CHUNK_BYTES);
  return decoders[found](body, {
    chunkSize: Math.max(MIN_CHUNK_BYTES, expected),
    maxOutputLength: maxBytes,
  });
}

function detectEncoding(body: Buffer, encoding: string | undefined): Encoding | undefined {
  // No text starts with these bytes (RFC 1952, 2.3.1).
  if (body[0] === 0x1f && body[1] === 0x8b) return 'gzip';
  if (isText(body)) return undefined;
  if (encoding === 'br') return 'br';
  // Some servers omit zlib's two-byte header. The lower half of its first byte names the method.
  if (encoding === 'deflate') return (body[0]! & 0x0f) === 8 ? 'zlib' : 'raw';
  return undefined;
}

/** Whether it starts like JSON, XML or HTML and is valid UTF-8; no compressed body is both. */
function isText(body: Buffer): boolean {
  return /^\s*[{[<]/.test(body.toString('utf8', 0, 64)) && isUtf8(body);
}

/** Size in bytes, from the last four bytes of a gzip: modulo 2^32, and not trustworthy. */
function readStatedSize(body: Buffer, encoding: Encoding): number {
  return encoding === 'gzip' && body.length >= 18 ? body.readUInt32LE(body.length - 4) + 1 : 0;
}
