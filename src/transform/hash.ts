import { createHash } from 'node:crypto';
import type { Resource } from '../model.ts';

/** 128 bits as 32 hex digits: two different records of one key never meet. */
export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/**
 * Makes the function that tells whether a record's content changed: a hash of its JSON as sent, without the fields that
 * differ at every query or re-stamp, and of the resource's columns, so that a new column makes every row differ.
 */
export function contentHash(resource: Resource): (json: string) => string {
  const columns = hash(JSON.stringify(resource.fields));
  // A quote inside a JSON string is escaped, so this can meet a member's name only.
  const volatile = new RegExp(
    `"(?:@odata\\.[A-Za-z]+|${resource.volatile.join('|')})"\\s*:\\s*"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"`,
    'g',
  );
  return (json) => hash(columns + json.replace(volatile, ''));
}
