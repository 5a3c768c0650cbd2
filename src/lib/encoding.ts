import { isUtf8 } from 'node:buffer';

/** Why bytes are not UTF-8 text, and their probable encoding as iconv names it. */
export type EncodingProblem = { readonly problem: string; readonly from: string | undefined };

/** @returns undefined for UTF-8 without NUL bytes, with or without a byte order mark. */
export function findEncodingProblem(bytes: Buffer): EncodingProblem | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { problem: 'is UTF-16, not UTF-8', from: 'UTF-16' };
  if (first === 0xfe && second === 0xff) return { problem: 'is UTF-16, not UTF-8', from: 'UTF-16' };
  if (bytes.includes(0)) return describeNul(bytes);
  if (isUtf8(bytes)) return undefined;
  const line = findBadLine(bytes);
  return { problem: `is not UTF-8: see line ${line}`, from: 'WINDOWS-1252' };
}

/** In UTF-16, every second byte of Latin text is NUL: odd bytes if little-endian, even bytes if big-endian. */
function describeNul(bytes: Buffer): EncodingProblem {
  const nuls = [0, 0];
  bytes.forEach((byte, index) => {
    if (byte === 0) nuls[index % 2]! += 1;
  });
  const [even = 0, odd = 0] = nuls;
  const minNuls = bytes.length / 4;
  if (odd > minNuls && even < odd / 4)
    return { problem: 'is UTF-16 without a byte order mark, not UTF-8', from: 'UTF-16LE' };
  if (even > minNuls && odd < even / 4)
    return { problem: 'is UTF-16 without a byte order mark, not UTF-8', from: 'UTF-16BE' };
  return { problem: 'is not a text file: it has NUL bytes', from: undefined };
}

/** Line number, starting at 1. */
function findBadLine(bytes: Buffer): number {
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}

/** Decodes bytes without an encoding problem; drops the byte order mark. */
export function decodeUtf8(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}
