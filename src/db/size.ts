import type { SqlValue } from './pool.ts';

/**
 * Bytes that a statement takes on its way to the server: its text and its values, each with nine bytes of the protocol
 * at most. Text and values travel apart, so this is a little more than what `max_allowed_packet` is held against.
 */
export function statementBytes(sql: string, values: readonly SqlValue[] = []): number {
  return values.reduce((sum, value) => sum + 9 + Buffer.byteLength(value ?? ''), Buffer.byteLength(sql));
}
