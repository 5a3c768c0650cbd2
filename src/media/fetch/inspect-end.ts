import type { FileKind } from './inspect-type.ts';

/** The parts of a file that are inspected. */
export type FileEnds = {
  /** Its first bytes. */
  readonly head: Uint8Array;
  /** Its last bytes; they may overlap the first. */
  readonly tail: Uint8Array;
  /** Bytes of the whole file. */
  readonly size: number;
};

type ShortEnds = FileEnds & { readonly start: Buffer; readonly end: Buffer };

/** Each returns why the end is not that of a whole file. Bytes after the end are allowed: cameras and tools add some. */
const CHECKS: Readonly<Record<FileKind, (ends: ShortEnds) => string | undefined>> = {
  jpg: checkJpeg,
  png: ({ end }) => (end.includes('IEND\xae\x42\x60\x82', 'latin1') ? undefined : 'it has no IEND chunk'),
  // The last block ends with a zero.
  gif: ({ end }) => (/\0;[\0\r\n]*$/.test(end.toString('latin1')) ? undefined : 'it has no trailer'),
  webp: ({ start, size }) => checkLength(start.length < 12 ? 0 : start.readUInt32LE(4) + 8, size),
  bmp: ({ start, size }) => checkLength(start.length < 6 ? 0 : start.readUInt32LE(2), size),
  tiff: checkTiff,
  avif: checkBoxes,
  heic: checkBoxes,
  mp4: checkBoxes,
  mov: checkBoxes,
  // Its length is optional, and players accept any end.
  webm: () => undefined,
  pdf: ({ end }) => (end.includes('%%EOF') ? undefined : 'it has no %%EOF'),
};

/** Checks, without decoding it, that a file is not cut off. @returns what it lacks; undefined if it is whole. */
export function findMissingEnd(kind: FileKind, ends: FileEnds): string | undefined {
  return CHECKS[kind]({ ...ends, start: view(ends.head), end: view(ends.tail) });
}

/**
 * Entropy-coded data never has the bytes of a marker (ITU T.81, B.1.1.5), so the last scan is followed by the end marker. An
 * end marker before it is that of a small preview in the header.
 */
function checkJpeg({ end }: ShortEnds): string | undefined {
  const scan = end.lastIndexOf(Buffer.from([0xff, 0xda]));
  const marker = end.lastIndexOf(Buffer.from([0xff, 0xd9]));
  return marker > scan ? undefined : 'it has no end marker';
}

function checkLength(announced: number, size: number): string | undefined {
  return announced > size ? `its header announces ${announced} bytes, it has ${size}` : undefined;
}

/** The offset of the first directory follows the first four bytes (TIFF 6.0, section 2). */
function checkTiff({ start, size }: ShortEnds): string | undefined {
  if (start.length < 8) return 'it has no header';
  const offset = start[0] === 0x49 ? start.readUInt32LE(4) : start.readUInt32BE(4);
  return offset + 2 > size ? 'its directory is missing' : undefined;
}

/** Follows the outermost boxes (ISO 14496-12, 4.2) as long as their headers are in the first or the last bytes. */
function checkBoxes({ start, end, size }: ShortEnds): string | undefined {
  const endAt = size - end.length;
  for (let at = 0; at < size;) {
    const header =
      at + 16 <= start.length ? start.subarray(at) : at >= endAt ? end.subarray(at - endAt) : undefined;
    if (header === undefined) return undefined;
    // Fewer bytes than a header after the last box are padding.
    if (header.length < 8) return undefined;
    const short = header.readUInt32BE(0);
    // 0: the box extends to the end of the file. 1: a longer length follows.
    if (short === 0) return undefined;
    if (short === 1 && header.length < 16) return 'its last box is cut off';
    const length = short === 1 ? Number(header.readBigUInt64BE(8)) : short;
    if (length < 8) return at === 0 ? 'its boxes are damaged' : undefined;
    if (at + length > size) return `its box at ${at} has ${length} bytes, the file ends after ${size - at}`;
    at += length;
  }
  return undefined;
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
