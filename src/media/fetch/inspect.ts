import type { RefusalReason } from '../fetcher.ts';
import { findMissingEnd } from './inspect-end.ts';
import { readPixels } from './inspect-pixels.ts';
import { findKind, TYPES } from './inspect-type.ts';

/** How many of the first bytes `inspectFile` uses. */
export const HEAD_BYTES = 64 * 1024;
/** How many of the last bytes `inspectFile` uses. */
export const TAIL_BYTES = 64 * 1024;

const MAX_PIXELS = 100_000_000;

export type Inspection =
  | {
      readonly contentType: string;
      readonly extension: string;
      /** As the image is shown; undefined if it is no image, or if its first bytes do not have it. */
      readonly width?: number;
      readonly height?: number;
    }
  | { readonly reason: RefusalReason; readonly message: string };

/**
 * Finds out, without decoding it, what a file is and whether it is whole.
 * @param head its first bytes, HEAD_BYTES of them or the whole file.
 * @param tail its last bytes, TAIL_BYTES of them or the whole file.
 * @param size bytes of the whole file.
 */
export function inspectFile(head: Uint8Array, tail: Uint8Array, size: number): Inspection {
  if (size === 0) return { reason: 'empty', message: 'it has no bytes' };
  const kind = findKind(head);
  if (typeof kind === 'object') return kind;
  const { contentType, extension, group } = TYPES[kind];
  const missing = findMissingEnd(kind, { head, tail, size });
  if (missing !== undefined)
    return { reason: 'corrupt', message: `its type is ${contentType}, but ${missing}` };
  if (group !== 'image') return { contentType, extension };
  const pixels = readPixels(head);
  if (pixels === undefined) {
    // A long header, or the directory of a TIFF, may be after the first bytes.
    if (head.length < size) return { contentType, extension };
    return { reason: 'corrupt', message: `its type is ${contentType}, but its header has no size` };
  }
  const { width, height } = pixels;
  if (width <= 0 || height <= 0) {
    return {
      reason: 'corrupt',
      message: `its type is ${contentType}, but it has ${width} × ${height} pixels`,
    };
  }
  if (width * height > MAX_PIXELS) {
    return { reason: 'dimensions', message: `it has ${width} × ${height} pixels, more than 100 megapixels` };
  }
  return { contentType, extension, width, height };
}
