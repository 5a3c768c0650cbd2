import type { SqlValue } from './pool.ts';

/**
 * Size of a statement on the wire: its text and its values, each with at most nine bytes of protocol. Text and values are sent
 * separately, so this is slightly more than the size that `max_allowed_packet` limits.
 */
export function statementBytes(sql: string, values: readonly SqlValue[] = []): number {
  return values.reduce((sum, value) => sum + 9 + Buffer.byteLength(value ?? ''), Buffer.byteLength(sql));
}
