/**
 * The characters of the bytes 0x80 to 0x9F, as the WHATWG Encoding Standard has them: the five bytes that Microsoft leaves
 * undefined are the control characters of the same number.
 */
const SPECIAL = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/**
 * The character of each byte in windows-1252. `TextDecoder` cannot be used: with Node.js 20.20 it decodes this encoding as
 * latin1 and returns control characters for the bytes 0x80 to 0x9F.
 */
export const WINDOWS_1252: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => (byte >= 0x80 ? SPECIAL[byte - 0x80] : undefined) ?? String.fromCharCode(byte),
);
