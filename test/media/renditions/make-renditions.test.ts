import sharp from 'sharp';
import { expect, test } from 'vitest';
import { makeRenditions, type Rendition } from '../../../src/media/renditions/make-renditions.ts';
import { picture } from '../fetch/samples.ts';

const NEVER = new AbortController().signal;

async function make(
  bytes: Buffer,
  sizes: readonly number[],
  format: 'jpeg' | 'webp' = 'jpeg',
): Promise<readonly Rendition[]> {
  const result = await makeRenditions({ kind: 'memory', bytes }, { sizes, format }, NEVER);
  if (result.kind === 'corrupt') throw new Error(result.message);
  return result.renditions;
}

test('makes smaller versions, and never larger ones', async () => {
  const bytes = await picture(800, 600).jpeg().toBuffer();
  const made = await make(bytes, [320, 640, 800, 1280]);
  expect(made.map(({ width, height }) => [width, height])).toEqual([
    [320, 240],
    [640, 480],
  ]);
  for (const { bytes: small, width } of made) {
    expect(await sharp(small).metadata()).toMatchObject({ format: 'jpeg', width, space: 'srgb' });
  }
});

test('makes WebP', async () => {
  const [small] = await make(await picture(800, 600).png().toBuffer(), [100], 'webp');
  expect(small).toMatchObject({ contentType: 'image/webp', extension: 'webp' });
  expect(await sharp(small!.bytes).metadata()).toMatchObject({ format: 'webp', width: 100 });
});

test('turns a photo as it is shown, and removes its metadata with the place', async () => {
  const exif = { IFD0: { Copyright: 'secret' }, IFD3: { GPSLatitude: '30/1 0/1 0/1' } };
  const bytes = await picture(800, 600).jpeg().withExif(exif).withMetadata({ orientation: 6 }).toBuffer();
  const [small] = await make(bytes, [300]);
  expect(small).toMatchObject({ width: 300, height: 400 });
  const { exif: kept, orientation } = await sharp(small!.bytes).metadata();
  expect([kept, orientation]).toEqual([undefined, undefined]);
});

test('returns a corrupt picture as a value', async () => {
  const bytes = await picture(800, 600).jpeg().toBuffer();
  const half = bytes.subarray(0, bytes.length / 2);
  for (const broken of [half, Buffer.from('not a picture'), Buffer.alloc(0)]) {
    const result = await makeRenditions(
      { kind: 'memory', bytes: broken },
      { sizes: [320], format: 'jpeg' },
      NEVER,
    );
    expect(result).toMatchObject({ kind: 'corrupt', message: expect.stringMatching(/./) });
  }
});

test('stops with the reason of its signal', async () => {
  const bytes = await picture(800, 600).jpeg().toBuffer();
  const reason = new Error('stop');
  const options = { sizes: [320], format: 'jpeg' } as const;
  await expect(makeRenditions({ kind: 'memory', bytes }, options, AbortSignal.abort(reason))).rejects.toBe(
    reason,
  );
});
