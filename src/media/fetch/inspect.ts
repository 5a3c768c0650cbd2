import type { RefusalReason } from '../fetcher.ts';

/** How many of the first bytes `inspectFile` uses. */
export const HEAD_BYTES = 64 * 1024;
/** How many of the last bytes `inspectFile` uses. */
export const TAIL_BYTES = 64 * 1024;

export type Inspection =
  | {
      readonly contentType: string;
      readonly extension: string;
      readonly width?: number;
      readonly height?: number;
    }
  | { readonly reason: RefusalReason; readonly message: string };

/** The first bytes of each type, in latin1; a dot is any byte. */
const TYPES: readonly (readonly [pattern: RegExp, contentType: string, extension: string])[] = [
  [/^\xFF\xD8\xFF/, 'image/jpeg', 'jpg'],
  [/^\x89PNG\r\n\x1A\n/, 'image/png', 'png'],
  [/^GIF8[79]a/, 'image/gif', 'gif'],
  [/^RIFF[^]{4}WEBP/, 'image/webp', 'webp'],
  [/^%PDF-/, 'application/pdf', 'pdf'],
  [/^[^]{4}ftyp/, 'video/mp4', 'mp4'],
];

/** Finds the type of a file by its bytes. */
export function inspectFile(head: Uint8Array, tail: Uint8Array, size: number): Inspection {
  if (size === 0) return { reason: 'empty', message: 'it has no bytes' };
  const start = Buffer.from(head.subarray(0, 512)).toString('latin1');
  const found = TYPES.find(([pattern]) => pattern.test(start));
  if (found === undefined) {
    return /^\s*<(?:!doctype|html|\?xml)/i.test(start)
      ? { reason: 'html', message: 'it is a page' }
      : { reason: 'type', message: 'its type is unknown' };
  }
  const [, contentType, extension] = found;
  if (extension === 'jpg' && !Buffer.from(tail).includes(Buffer.from([0xff, 0xd9]))) {
    return { reason: 'corrupt', message: 'a JPEG without an end' };
  }
  return { contentType, extension };
}
