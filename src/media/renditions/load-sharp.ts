import type * as sharpModule from 'sharp';
import { ConfigError } from '../../errors.ts';

type Sharp = typeof sharpModule.default;

/** One picture at a time in one thread: memory stays bounded, and other work keeps its share of the CPU. */
const THREADS = 1;

/** Loads sharp, an optional dependency. @throws ConfigError if it is not installed, or not for this machine. */
export async function loadSharp(): Promise<Sharp> {
  try {
    const { default: sharp } = await import('sharp');
    sharp.concurrency(THREADS);
    sharp.cache(false);
    return sharp;
  } catch (error) {
    throw new ConfigError('MEDIA_SIZES is set, but sharp, which makes smaller pictures, cannot be loaded', {
      op: 'renditions',
      cause: error,
      hint: 'install it with npm install --include=optional, or remove MEDIA_SIZES',
    });
  }
}
