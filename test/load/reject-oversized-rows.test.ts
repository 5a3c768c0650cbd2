import { describe, expect, test } from 'vitest';
import { rejectOversizedRows } from '../../src/load/reject-oversized-rows.ts';
import type { Reject, Row } from '../../src/model/row.ts';

const row = (key: string, payload: string): Row => ({
  key,
  version: '2026-03-19 22:06:45.000',
  hash: 'h',
  values: [],
  payload,
  issues: [],
});
const reject: Reject = {
  key: 'r',
  parent: null,
  version: null,
  raw: '',
  reasons: [{ field: 'a', rule: 'b', value: 'c' }],
};

describe('rejectOversizedRows', () => {
  test('a page whose rows all fit is the same page', () => {
    const page = { rows: [row('1', 'x'.repeat(100))], rejects: [reject], skippedOlder: 3 };
    expect(rejectOversizedRows(page, 100)).toBe(page);
  });

  test('promise 5: a row that exceeds the limit for a statement becomes a reject with a reason; the others remain', () => {
    const [small, large] = [row('1', 'x'.repeat(100)), row('2', 'x'.repeat(101))];
    expect(rejectOversizedRows({ rows: [small, large], rejects: [reject], skippedOlder: 3 }, 100)).toEqual({
      rows: [small],
      rejects: [
        reject,
        {
          key: '2',
          parent: null,
          version: large.version,
          raw: large.payload,
          reasons: [
            {
              field: '',
              rule: "is larger than half of the server's max_allowed_packet (100 bytes)",
              value: '101 bytes',
            },
          ],
        },
      ],
      skippedOlder: 3,
    });
  });

  test('size is counted in bytes, not in characters', () => {
    const page = {
      rows: [row('1', 'é'.repeat(50)), row('2', 'é'.repeat(51)), row('3', '🏠'.repeat(26))],
      rejects: [],
    };
    const { rows, rejects } = rejectOversizedRows(page, 100);
    expect(rows.map(({ key }) => key)).toEqual(['1']);
    expect(rejects.map(({ key }) => key)).toEqual(['2', '3']);
  });
});
