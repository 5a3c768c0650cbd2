import { loadImageSize } from './load-image-size.ts';

export type Pixels = { readonly width: number; readonly height: number };

/** The camera was turned: width and height change places when the picture is shown (EXIF 2.3, tag 274). */
const FIRST_TURNED = 5;
const LAST_TURNED = 8;

/** Reads the size of an image, as it is shown, from its first bytes. @returns undefined if they do not have it. */
export function readPixels(head: Uint8Array): Pixels | undefined {
  try {
    // A copy: image-size reads past the end of a view, into other files' bytes.
    const { width, height, orientation = 1 } = loadImageSize()(new Uint8Array(head));
    if (!Number.isSafeInteger(width) || !Number.isSafeInteger(height)) return undefined;
    const isTurned = orientation >= FIRST_TURNED && orientation <= LAST_TURNED;
    return isTurned ? { width: height, height: width } : { width, height };
  } catch {
    // image-size throws errors of several classes for a damaged header.
    return undefined;
  }
}
