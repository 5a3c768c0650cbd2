/** One header of a TAR archive (POSIX.1-2017, pax; GNU tar). */
export type TarHeader = {
  /** `0` file, `5` folder, `x` and `g` pax, `L` and `K` long names of GNU tar; all else is a special file. */
  readonly type: string;
  /** Undefined if it is not UTF-8. */
  readonly path: string | undefined;
  /** Undefined if it is not a number. */
  readonly size: number | undefined;
};

export const BLOCK_BYTES = 512;

const CHECKSUM = { start: 148, end: 156 };

/** Whether a block is a header: its checksum is right. */
export function isTarHeader(block: Buffer): boolean {
  if (block.length < BLOCK_BYTES) return false;
  const stated = readNumber(block.subarray(CHECKSUM.start, CHECKSUM.end));
  if (stated === undefined || stated === 0) return false;
  let sum = 0;
  for (let index = 0; index < BLOCK_BYTES; index += 1) {
    const isChecksum = index >= CHECKSUM.start && index < CHECKSUM.end;
    sum += isChecksum ? 0x20 : block[index]!;
  }
  return sum === stated;
}

/** Reads a header of `isTarHeader`. */
export function readTarHeader(block: Buffer): TarHeader {
  const type = String.fromCharCode(block[156]!).replace('\0', '0').replace('7', '0');
  // GNU tar has other fields in the place of the prefix.
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const name = readText(block.subarray(0, 100));
  const prefix = isPosix ? readText(block.subarray(345, 500)) : '';
  const path = prefix === '' || name === undefined || prefix === undefined ? name : `${prefix}/${name}`;
  return { type, path, size: readNumber(block.subarray(124, 136)) };
}

/** Reads the records of a pax header: `LENGTH KEY=VALUE\n`. Undefined if they are malformed. */
export function readPax(data: Buffer): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  for (let at = 0; at < data.length;) {
    const length = /^(\d{1,10}) /.exec(data.toString('latin1', at, at + 12))?.[1];
    const end = at + Number(length);
    if (length === undefined || end > data.length || data[end - 1] !== 0x0a) return undefined;
    const text = readText(data.subarray(at + length.length + 1, end - 1));
    const equals = text?.indexOf('=') ?? -1;
    if (text === undefined || equals < 1) return undefined;
    found.set(text.slice(0, equals), text.slice(equals + 1));
    at = end;
  }
  return found;
}

/** Reads UTF-8 up to the first NUL. */
export function readText(bytes: Buffer): string | undefined {
  const end = bytes.indexOf(0);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(end === -1 ? bytes : bytes.subarray(0, end));
  } catch {
    return undefined;
  }
}

/** Octal text, or GNU tar's binary form for large files. */
function readNumber(bytes: Buffer): number | undefined {
  if ((bytes[0]! & 0x80) !== 0) {
    const value = bytes.subarray(1).reduce((sum, byte) => sum * 256 + byte, bytes[0]! & 0x7f);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const text = bytes.toString('latin1').replaceAll('\0', ' ').trim();
  if (text === '') return 0;
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}
