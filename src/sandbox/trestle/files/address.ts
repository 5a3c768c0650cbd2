import { createHmac } from 'node:crypto';

export const MEDIA_PATH = '/trestle/Media/';

/** Signs an address that starts with a path of this server; returns any other unchanged. Never the same result twice. */
export type Signer = {
  sign(address: string): string;
  /** The origin of signed addresses. */
  origin: string;
};

const KINDS: Readonly<Record<string, string>> = { Jpeg: 'PHOTO-Jpeg', Pdf: 'DOCUMENT-Pdf', Mp4: 'VIDEO-Mp4' };

/** Makes the unsigned address of a file: a path. */
export function makeMediaAddress(type: string, listing: string, key: string, version: number): string {
  return `${MEDIA_PATH}Property/${KINDS[type] ?? type}/${listing}/${version}/${key}`;
}

/** The content version in an address; 0 if there is none. */
export function readVersion(address: string): number {
  return Number(/\/(\d+)\/[^/]+$/.exec(address)?.[1] ?? 0);
}

/** Creates a signer; `lifeMs` is how long its addresses are valid. */
export function createSigner(now: () => number, lifeMs: number): Signer {
  let issued = 0;
  const signer: Signer = {
    origin: 'https://media.sandbox.invalid',
    sign(address) {
      if (!address.startsWith('/')) return address;
      const query = `exp=${now() + lifeMs}&n=${++issued}`;
      return `${signer.origin}${address}?${query}&sig=${signatureOf(address, query)}`;
    },
  };
  return signer;
}

/** Whether a requested address is signed, and has not expired. */
export function isValid(path: string, query: Readonly<Record<string, string>>, now: number): boolean {
  const { exp = '', n = '', sig } = query;
  return sig === signatureOf(path, `exp=${exp}&n=${n}`) && now < Number(exp);
}

function signatureOf(path: string, query: string): string {
  return createHmac('sha256', 'sandbox').update(`${path}?${query}`).digest('base64url').slice(0, 22);
}
