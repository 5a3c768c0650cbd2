/** No hash begins with it: they are hex digits. */
export const OUTDATED = 'x';

/**
 * The hash of a row that lacks something of what it was made of: differs from any that a record gives, so that the next
 * full-load writes the row. Once more, it stays the same.
 */
export function outdated(hash: string): string {
  return OUTDATED + hash.slice(OUTDATED.length);
}
