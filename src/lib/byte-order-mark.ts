const MARKS: readonly { readonly mark: Buffer; readonly encoding: string }[] = [
  { mark: Buffer.from([0xef, 0xbb, 0xbf]), encoding: 'utf-8' },
  { mark: Buffer.from([0xff, 0xfe]), encoding: 'utf-16le' },
  { mark: Buffer.from([0xfe, 0xff]), encoding: 'utf-16be' },
];

/** Converts bytes that start with a byte order mark to UTF-8 without it. Returns other bytes unchanged. */
export function stripByteOrderMark(bytes: Buffer): Buffer {
  const found = MARKS.find(({ mark }) => bytes.subarray(0, mark.length).equals(mark));
  if (found === undefined) return bytes;
  const { encoding, mark } = found;
  // Broken UTF-8 after the mark is kept: one damaged record must not affect the others.
  if (encoding === 'utf-8') return bytes.subarray(mark.length);
  return Buffer.from(new TextDecoder(encoding).decode(bytes));
}
