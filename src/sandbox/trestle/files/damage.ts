import { type Fault, findFault } from '../faults.ts';
import type { MediaContent, MediaFile } from './media-file.ts';
import { makePng } from './png.ts';

/** The start of a Windows program: neither an image, a video nor a document. */
const PROGRAM = Buffer.concat([Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'), Buffer.alloc(3000, 7)]);

/** Applies the faults that change a file's bytes, but not the form of the answer. */
export function damageFile(
  file: MediaFile,
  { key, version }: MediaContent,
  faults: readonly Fault[],
): MediaFile {
  if (findFault(faults, 'half-file'))
    return { ...file, bytes: file.bytes.subarray(0, file.bytes.length >>> 1) };
  if (findFault(faults, 'png')) return { ...file, bytes: makePng(key, version).bytes };
  return findFault(faults, 'wrong-type') ? { ...file, bytes: PROGRAM } : file;
}
