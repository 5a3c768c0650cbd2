/** No hash starts with it, because hashes are hex digits. */
export const STALE_PREFIX = 'x';

/**
 * Marks a hash as stale. It then differs from the hash of every record, so that the next full-load writes the row.
 * Idempotent.
 */
export function toStaleHash(hash: string): string {
  return STALE_PREFIX + hash.slice(STALE_PREFIX.length);
}
