import type * as imageSize from 'image-size';
import { requireWithout } from '../../lib/require-without.ts';

let loaded: typeof imageSize | undefined;

/** Loads image-size with the first image. */
export function loadImageSize(): typeof imageSize.imageSize {
  loaded ??= requireWithout('image-size', {}) as typeof imageSize;
  return loaded.imageSize;
}
