import type { Body } from '../store.ts';
import { loadSharp } from './load-sharp.ts';

export type RenditionFormat = 'jpeg' | 'webp';

/** A smaller version of a picture. */
export type Rendition = {
  /** Width in pixels: one of MEDIA_SIZES. */
  readonly width: number;
  readonly height: number;
  readonly bytes: Buffer;
  readonly contentType: 'image/jpeg' | 'image/webp';
  readonly extension: 'jpg' | 'webp';
};

export type RenditionResult =
  | { readonly kind: 'renditions'; readonly renditions: readonly Rendition[] }
  /** The picture cannot be decoded. */
  | { readonly kind: 'corrupt'; readonly message: string };

export type RenditionOptions = {
  /** Widths in pixels, from MEDIA_SIZES. */
  readonly sizes: readonly number[];
  readonly format: RenditionFormat;
};

const MAX_PIXELS = 100_000_000;
const QUALITY = 80;

/**
 * Makes the smaller versions of a picture; none of a size that it does not exceed. They are turned as the picture is shown, in
 * sRGB, and have no metadata: EXIF may have the place of the photo.
 * @throws ConfigError without sharp; the signal's reason.
 */
export async function makeRenditions(
  body: Body,
  { sizes, format }: RenditionOptions,
  signal: AbortSignal,
): Promise<RenditionResult> {
  const sharp = await loadSharp();
  const input = body.kind === 'file' ? body.file : Buffer.from(body.bytes);
  const options = { limitInputPixels: MAX_PIXELS, failOn: 'truncated', sequentialRead: true } as const;
  const renditions: Rendition[] = [];
  try {
    const { autoOrient } = await sharp(input, options).metadata();
    for (const width of sizes.filter((size) => size < autoOrient.width)) {
      signal.throwIfAborted();
      const resized = sharp(input, options).autoOrient().resize({ width }).toColorspace('srgb');
      const encoded = format === 'webp' ? resized.webp({ quality: QUALITY }) : encodeJpeg(resized);
      const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
      renditions.push({ width: info.width, height: info.height, bytes: data, ...TYPES[format] });
    }
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'corrupt', message: (error as Error).message };
  }
  return { kind: 'renditions', renditions };
}

const TYPES = {
  jpeg: { contentType: 'image/jpeg', extension: 'jpg' },
  webp: { contentType: 'image/webp', extension: 'webp' },
} as const;

/** JPEG has no transparency: white is behind it. */
function encodeJpeg(picture: ReturnType<Awaited<ReturnType<typeof loadSharp>>>) {
  return picture.flatten({ background: '#fff' }).jpeg({ quality: QUALITY });
}
