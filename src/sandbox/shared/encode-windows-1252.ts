/** The characters of windows-1252 that the sandbox writes and that are not at the same place in Unicode. */
const BYTES: ReadonlyMap<string, string> = new Map([
  ['\u20AC', '\x80'],
  ['\u2018', '\x91'],
  ['\u2019', '\x92'],
  ['\u201C', '\x93'],
  ['\u201D', '\x94'],
  ['\u2013', '\x96'],
]);

/** Encodes text as windows-1252. U+0081 and the other four undefined bytes keep their numbers. */
export function encodeWindows1252(text: string): Buffer {
  return Buffer.from(
    // oxlint-disable-next-line no-control-regex -- NUL is a byte like the others.
    text.replaceAll(/[^\x00-\xFF]/g, (letter) => BYTES.get(letter) ?? '?'),
    'latin1',
  );
}
