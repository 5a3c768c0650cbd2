import type { Reject, Row } from '../model/row.ts';

/**
 * Rejects rows that alone exceed the server's limit for a statement. The server would close the connection, which looks like a
 * network failure and would be retried forever.
 * @param maxBytes limit for a statement.
 */
export function rejectOversizedRows<
  T extends { readonly rows: readonly Row[]; readonly rejects: readonly Reject[] },
>(page: T, maxBytes: number): T {
  // At most three bytes of UTF-8 per UTF-16 unit: an exact measurement is rarely needed.
  const candidates = page.rows.filter((row) => row.payload.length * 3 > maxBytes);
  const tooLarge = new Set(candidates.filter((row) => Buffer.byteLength(row.payload) > maxBytes));
  if (tooLarge.size === 0) return page;
  const rejects = [...tooLarge].map((row) => ({
    key: row.key,
    parent: null,
    version: row.version,
    raw: row.payload.toString(),
    reasons: [
      {
        field: '',
        rule: `is larger than half of the server's max_allowed_packet (${maxBytes} bytes)`,
        value: `${Buffer.byteLength(row.payload)} bytes`,
      },
    ],
  }));
  return {
    ...page,
    rows: page.rows.filter((row) => !tooLarge.has(row)),
    rejects: [...page.rejects, ...rejects],
  };
}
