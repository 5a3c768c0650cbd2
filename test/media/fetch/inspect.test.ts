import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HEAD_BYTES, inspectFile, type Inspection, TAIL_BYTES } from '../../../src/media/fetch/inspect.ts';
import { bmp, boxes, heic, mp4, pdf, picture, webm } from './samples.ts';

function inspect(bytes: Buffer): Inspection {
  return inspectFile(
    bytes.subarray(0, HEAD_BYTES),
    bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES)),
    bytes.length,
  );
}

const SAMPLES: Readonly<Record<string, () => Buffer | Promise<Buffer>>> = {
  jpg: () => picture().jpeg().toBuffer(),
  'progressive jpg': () => picture().jpeg({ progressive: true }).toBuffer(),
  png: () => picture().png().toBuffer(),
  gif: () => picture().gif().toBuffer(),
  webp: () => picture().webp().toBuffer(),
  avif: () => picture().avif({ effort: 0 }).toBuffer(),
  heic,
  tiff: () => picture().tiff({ compression: 'none' }).toBuffer(),
  bmp: () => bmp(120, 80),
  mp4: () => mp4(),
  pdf: () => pdf,
};

describe('inspectFile', () => {
  test.each([
    ['jpg', 'image/jpeg', 'jpg'],
    ['progressive jpg', 'image/jpeg', 'jpg'],
    ['png', 'image/png', 'png'],
    ['gif', 'image/gif', 'gif'],
    ['webp', 'image/webp', 'webp'],
    ['avif', 'image/avif', 'avif'],
    ['heic', 'image/heic', 'heic'],
    ['tiff', 'image/tiff', 'tiff'],
    ['bmp', 'image/bmp', 'bmp'],
  ])('finds type and size of an image: %s', async (name, contentType, extension) => {
    const bytes = await SAMPLES[name]!();
    const { width, height, ...found } = inspect(bytes) as { width?: number; height?: number };
    expect(found).toEqual({ contentType, extension });
    // The directory of this TIFF is after its pixels.
    const isKnown = extension !== 'tiff' || bytes.length <= HEAD_BYTES;
    if (isKnown) expect([width, height]).toEqual([120, 80]);
  });

  test.each([
    ['mp4', mp4(), 'video/mp4'],
    ['mp4', mp4('mp42'), 'video/mp4'],
    ['mov', mp4('qt  '), 'video/quicktime'],
    ['mov', boxes(['wide', ''], ['mdat', 'x'.repeat(99)], ['moov', 'x'.repeat(99)]), 'video/quicktime'],
    ['webm', webm, 'video/webm'],
    ['pdf', pdf, 'application/pdf'],
    ['pdf', Buffer.concat([Buffer.from('\n\n'), pdf, Buffer.alloc(20)]), 'application/pdf'],
  ])('finds the type of a %s', (extension, bytes, contentType) => {
    expect(inspect(bytes)).toEqual({ contentType, extension });
  });

  test('returns width and height as a turned photo is shown', async () => {
    const bytes = await picture().jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect(inspect(bytes)).toMatchObject({ width: 80, height: 120 });
  });

  test('accepts bytes after the end of a picture', async () => {
    for (const name of ['jpg', 'png', 'webp', 'mp4']) {
      const bytes = Buffer.concat([await SAMPLES[name]!(), Buffer.alloc(100)]);
      expect(inspect(bytes)).not.toHaveProperty('reason');
    }
  });

  test('accepts a JPEG whose size is after the first bytes', async () => {
    const bytes = await picture().jpeg().toBuffer();
    const segment = Buffer.alloc(60_002, 1);
    segment.set([0xff, 0xe2, 0xea, 0x60]);
    const long = Buffer.concat([bytes.subarray(0, 2), segment, segment, bytes.subarray(2)]);
    expect(inspect(long)).toEqual({ contentType: 'image/jpeg', extension: 'jpg' });
  });

  test.each(Object.keys(SAMPLES).filter((name) => name !== 'tiff'))(
    'finds that a %s is cut off',
    async (name) => {
      const bytes = await SAMPLES[name]!();
      for (const share of [0.3, 0.5, 0.9, 0.99]) {
        const found = inspect(bytes.subarray(0, Math.floor(bytes.length * share)));
        expect(found).toMatchObject({ reason: 'corrupt', message: expect.stringContaining('its type is ') });
      }
    },
  );

  test('finds that a JPEG is cut off whose header has a whole preview', async () => {
    const preview = await picture(16, 16).jpeg().toBuffer();
    const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 0]), preview]);
    segment.writeUInt16BE(preview.length + 2, 2);
    const photo = await picture().jpeg().toBuffer();
    const bytes = Buffer.concat([photo.subarray(0, 2), segment, photo.subarray(2)]);
    expect(inspect(bytes)).toMatchObject({ width: 120 });
    expect(inspect(bytes.subarray(0, -50))).toMatchObject({ reason: 'corrupt' });
  });

  test('finds a video that is cut off by the boxes in its last bytes', () => {
    const bytes = boxes(
      ['ftyp', 'isom\0\0\0\x01isom'],
      ['mdat', 'x'.repeat(200_000)],
      ['moov', 'y'.repeat(5000)],
    );
    expect(inspect(bytes)).toMatchObject({ extension: 'mp4' });
    expect(inspect(bytes.subarray(0, -1))).toMatchObject({ reason: 'corrupt' });
    expect(inspect(bytes.subarray(0, 150_000))).toMatchObject({ reason: 'corrupt' });
  });

  test.each([
    ['html', '<!DOCTYPE html><html><body>Not found</body></html>'],
    ['html', '\ufeff \n<html lang="en">'],
    ['html', '<!-- cached --><!-- 1 --><HEAD>'],
    ['html', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'],
    ['type', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    [
      'type',
      '<?xml version="1.0"?>\n<!-- made by x --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">\n<svg>',
    ],
    ['type', 'PK\x03\x04word/document.xml'],
    ['type', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
    ['type', 'MZ\x90\0\x03'],
    ['type', '{"error":"expired"}'],
    ['type', 'Not found'],
    ['type', '\0'],
    ['type', '\x1a\x45\xdf\xa3\x42\x82\x88matroska'],
    ['type', boxes(['ftyp', 'M4A \0\0\0\0M4A mp42isom'], ['mdat', 'x']).toString('latin1')],
    [
      'type',
      boxes(['ftyp', 'crx \0\0\0\x01crx isom'.replace('isom', 'xxxx')], ['mdat', 'x']).toString('latin1'),
    ],
    ['corrupt', '\xff\xd8\xff\xd9'],
    ['corrupt', 'GIF89a;'],
    ['corrupt', 'BM'.padEnd(14, '\0') + '\x28\0\0\0'.padEnd(40, '\0')],
    ['empty', ''],
  ])('refuses with the reason %s: %j', (reason, text) => {
    const bytes = Buffer.from(text, text.includes('\ufeff') ? 'utf8' : 'latin1');
    expect(inspect(bytes)).toMatchObject({ reason, message: expect.stringMatching(/^it/) });
  });

  test('refuses a picture with more than 100 megapixels that has few bytes', async () => {
    const bytes = await picture(8, 8).png().toBuffer();
    bytes.writeUInt32BE(10_001, 16);
    bytes.writeUInt32BE(10_000, 20);
    expect(deflateSync(bytes).length).toBeLessThan(2000);
    expect(inspect(bytes)).toEqual({
      reason: 'dimensions',
      message: 'it has 10001 × 10000 pixels, more than 100 megapixels',
    });
    bytes.writeUInt32BE(10_000, 16);
    expect(inspect(bytes)).toMatchObject({ width: 10_000, height: 10_000 });
  });

  test('never throws, and takes little time, for any bytes', async () => {
    const samples = await Promise.all(Object.values(SAMPLES).map(async (make) => make()));
    const starts = [
      ...samples.map((bytes) => bytes.subarray(0, 64)),
      Buffer.from('<!--'.repeat(500)),
      Buffer.alloc(0),
    ];
    const anyFile = fc
      .tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 3000 }))
      .map(([start, rest]) => Buffer.concat([start, rest]));
    const damaged = fc
      .tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 20 }))
      .map(([sample, changes]) => {
        const bytes = Buffer.from(sample);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(anyFile, damaged), (bytes) => {
        const start = performance.now();
        const found = inspect(bytes);
        expect('reason' in found ? found.message : found.extension).not.toBe('');
        expect(performance.now() - start).toBeLessThan(1000);
      }),
      { numRuns: 500 },
    );
  });
});
