/**
 * A path segment that is a signature: 43 characters are a SHA-256 in base64url. The last segment of Trestle's addresses of media
 * files is one, and opens the file to everybody who has the address:
 * `/trestle/Media/Property/PHOTO-Jpeg/1061915345/1/MzczLzE5MTEv…/Ty8bCbbWUylVse_uCreKMoOcy9T0OjyJ3TXgsopYsdE`.
 */
const SIGNATURE = /(?<=\/)[\w-]{43}(?![\w.-])/g;

/** Replaces the signatures in the paths of addresses: they are as secret as a token while they are valid. */
export function hideSignatures(text: string): string {
  return text.replace(SIGNATURE, '[signature]');
}
