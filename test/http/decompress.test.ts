import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decompress } from '../../src/http/decompress.ts';

const MOST = 1_000_000;
const text = Buffer.from(JSON.stringify(Array.from({ length: 20_000 }, (_, nth) => nth * 7919)));
const packed = gzipSync(text);

/** The same with another size in its last four bytes. */
function saying(bytes: number): Buffer {
  const lie = Buffer.from(packed);
  lie.writeUInt32LE(bytes, lie.length - 4);
  return lie;
}

describe('decompress', () => {
  test.each([
    ['gzip', packed],
    ['x-gzip', packed],
    [' GZIP ', packed],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', text],
    ['', text],
    [undefined, text],
    ['zebra', text],
    // Announced, but not packed; and packed, but not announced.
    ['gzip', text],
    ['br', text],
    ['deflate', text],
    [undefined, packed],
  ])('decompresses %j', async (encoding, body) => {
    expect((await decompress(body, encoding, MOST)).equals(text)).toBe(true);
  });

  test('gives a gzip of several members as one', async () => {
    const twice = Buffer.concat([packed, packed]);
    expect((await decompress(twice, 'gzip', MOST)).equals(Buffer.concat([text, text]))).toBe(true);
  });

  test('an empty body is empty, regardless of its header', async () => {
    expect(await decompress(Buffer.alloc(0), 'gzip', MOST)).toHaveLength(0);
  });

  test.each(['gzip', 'br', 'deflate'])(
    'promise 13: of %s whose end is missing nothing is taken',
    async (encoding) => {
      const whole = { gzip: packed, br: brotliCompressSync(text), deflate: deflateSync(text) }[encoding]!;
      for (const share of [0.2, 0.6, 0.99]) {
        const part = whole.subarray(0, Math.floor(share * whole.length));
        await expect(decompress(part, encoding, MOST)).rejects.toThrow(/end of file/);
      }
    },
  );

  test('a damaged body is an error', async () => {
    await expect(decompress(saying(text.length + 1), 'gzip', MOST)).rejects.toThrow(/length/);
  });

  test.each([0, 1, 0xffff_ffff])('the stated size is not trusted: %i bytes', async (bytes) => {
    const before = process.memoryUsage().arrayBuffers;
    await expect(decompress(saying(bytes), 'gzip', MOST)).rejects.toThrow(/length/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200_000_000);
  });

  test('a decompression bomb is stopped at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    await expect(decompress(bomb, 'gzip', MOST)).rejects.toThrow(/larger than 1000000 bytes/);
    expect(await decompress(bomb, 'gzip', 10_000_000)).toHaveLength(10_000_000);
  });
});
