import { createHash } from 'node:crypto';
import { createKeyWithoutId } from '../../../model/item.ts';
import { cleanText } from './text.ts';

/** Characters of a key. */
const MAX_KEY = 255;

/** A record's key, and its whole identity if the key is only a hash of it. */
export type ItemKey = { readonly key: string; readonly whole?: string };

/** The key of a record with an identity. */
export function keyOf(id: string): ItemKey {
  const text = cleanText(id);
  // Each character of the key takes one or two code units.
  if (text.length <= MAX_KEY || Array.from(text).length <= MAX_KEY) return { key: text };
  return { key: `sha256:${hashKey(text)}`, whole: text };
}

/** The key of a record without an identity: the same record has the same key. */
export function keyWithoutId(payload: string): string {
  return createKeyWithoutId(hashKey(payload));
}

function hashKey(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
