import { createHash, timingSafeEqual } from 'node:crypto';
import type { ServeSettings } from '../../model/serve-settings.ts';

/** Finds the name of the caller who has one of the keys; undefined if none. */
export type FindCaller = (headers: {
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
}) => string | undefined;

/** Every key is compared, each in constant time: hashes have the same length, and say nothing about the key. */
export function createCallerFinder(keys: ServeSettings['keys']): FindCaller {
  const known = keys.map(({ name, key }) => ({ name, hash: hash(key) }));
  return ({ authorization, apiKey }) => {
    const given = apiKey ?? readKey(authorization);
    if (given === undefined) return undefined;
    const wanted = hash(given);
    const matches = known.map((each) => timingSafeEqual(each.hash, wanted));
    return known[matches.indexOf(true)]?.name;
  };
}

/** `Bearer KEY`, or `Basic` with any user and the key as its password: browsers ask for that. */
function readKey(authorization: string | undefined): string | undefined {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+) *$/.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const text = Buffer.from(value, 'base64').toString();
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : text.slice(colon + 1);
}

function hash(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
