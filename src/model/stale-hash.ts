/** No hash begins with it: they are hex digits. */
export const STALE_PREFIX = 'x';

/**
 * The hash of a row that lacks something of what it was made of: differs from any that a record gives, so that the next
 * full-load writes the row. Once more, it stays the same.
 */
export function toStaleHash(hash: string): string {
  return STALE_PREFIX + hash.slice(STALE_PREFIX.length);
}
