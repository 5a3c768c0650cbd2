import type { Reject, Row } from '../model/row.ts';

/**
 * Takes out rows of which one statement alone would be larger than the server takes: the server answers those by
 * cutting the connection, which looks like a broken network and would be tried for ever.
 * @param maxBytes what a statement may have.
 */
export function rejectOversizedRows<
  T extends { readonly rows: readonly Row[]; readonly rejects: readonly Reject[] },
>(page: T, maxBytes: number): T {
  // Three bytes of UTF-8 for a unit of JavaScript's at most: hardly ever is there anything to measure exactly.
  const suspects = page.rows.filter((row) => row.payload.length * 3 > maxBytes);
  const tooLarge = new Set(suspects.filter((row) => Buffer.byteLength(row.payload) > maxBytes));
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
