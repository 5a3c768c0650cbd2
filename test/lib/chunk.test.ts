import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunk } from '../../src/lib/chunk.ts';

const weight = (part: readonly number[]) => part.reduce((sum, n) => sum + n, 0);

describe('chunk', () => {
  test('splits by number', () => {
    expect(chunk([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('splits by weight before the limit is exceeded, and may reach it exactly', () => {
    expect(chunk([3, 3, 4, 1], 10, 10, (n) => n)).toEqual([[3, 3, 4], [1]]);
  });

  test('an item that is too heavy gets its own chunk, without the next one', () => {
    expect(chunk([1, 50, 1, 1], 10, 10, (n) => n)).toEqual([[1], [50], [1, 1]]);
  });

  test('an empty list has no chunks', () => {
    expect(chunk([], 3)).toEqual([]);
  });

  test('items keep their order, and no chunk is empty, too long, too heavy, or shorter than necessary', () => {
    const items = fc.array(fc.nat(40), { maxLength: 60 });
    fc.assert(
      fc.property(
        items,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 60 }),
        (list, most, limit) => {
          const chunks = chunk(list, most, limit, (n) => n);
          expect(chunks.flat()).toEqual(list);
          for (const [index, part] of chunks.entries()) {
            expect(part.length).toBeGreaterThan(0);
            expect(part.length).toBeLessThanOrEqual(most);
            if (part.length > 1) expect(weight(part)).toBeLessThanOrEqual(limit);
            const next = chunks[index + 1]?.[0];
            if (next !== undefined) expect(part.length === most || weight(part) + next > limit).toBe(true);
          }
        },
      ),
    );
  });
});
