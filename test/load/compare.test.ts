import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_SQL_DATETIME } from '../../src/lib/time.ts';
import { compare, type StoredVersion } from '../../src/load/compare.ts';
import type { Row } from '../../src/model/row.ts';

const AT = (second: number): string => `2026-03-19 22:06:0${second}.000`;
const row = (key: string, second: number, hash = 'h'): Row => ({
  key,
  version: AT(second),
  hash,
  values: [key],
  payload: '{}',
  issues: [],
});
const stored = (second: number, hash = 'h', deleted = false): StoredVersion => ({
  version: AT(second),
  hash,
  deleted,
});

describe('compare', () => {
  test('a new key is inserted', () => {
    const one = row('1', 1);
    expect(compare([one], new Map())).toEqual({
      inserted: [one],
      updated: [],
      restamped: new Set(),
      unchanged: 0,
      skippedOlder: 0,
    });
  });

  test('promise 3: a record that was read again unchanged is not written', () => {
    expect(compare([row('1', 1)], new Map([['1', stored(1)]]))).toMatchObject({ updated: [], unchanged: 1 });
  });

  test('promise 6: a late write never overwrites a newer version, not even one that was deleted', () => {
    for (const known of [stored(2), stored(2, 'other'), stored(2, 'h', true)]) {
      for (const protectedUpTo of [AT(2), AT(3), MAX_SQL_DATETIME]) {
        const late = compare([row('1', 1)], new Map([['1', known]]), protectedUpTo);
        expect(late).toMatchObject({ updated: [], skippedOlder: 1 });
      }
    }
  });

  test('promise 6: the feed’s current state is written, even if it is older than the stored version', () => {
    const back = row('1', 1, 'other');
    const known = new Map([['1', stored(2)]]);
    expect(compare([back], known)).toMatchObject({ updated: [back], restamped: new Set(), skippedOlder: 0 });
    const same = row('1', 1);
    expect(compare([same], known)).toMatchObject({
      updated: [same],
      restamped: new Set([same]),
      skippedOlder: 0,
    });
  });

  test('promise 6: a stored version in the future is not protected', () => {
    const back = row('1', 1);
    expect(compare([back], new Map([['1', stored(3)]]), AT(2))).toMatchObject({
      updated: [back],
      skippedOlder: 0,
    });
  });

  test('a newer version is written, also with the same content: its timestamp is a column', () => {
    const newer = row('1', 2);
    const { updated, restamped } = compare([newer], new Map([['1', stored(1)]]));
    expect(updated).toEqual([newer]);
    expect([...restamped]).toEqual([newer]);
  });

  test('only a stored record with the same content is written as a re-stamp', () => {
    const newer = row('1', 2, 'new');
    for (const known of [stored(1, 'old'), stored(1, 'new', true)]) {
      const { updated, restamped } = compare([newer], new Map([['1', known]]));
      expect([updated, restamped.size]).toEqual([[newer], 0]);
    }
  });

  test('promise 9: the same version with different content is written: PhotosChangeTimestamp changes independently', () => {
    expect(compare([row('1', 1, 'new')], new Map([['1', stored(1, 'old')]])).updated).toHaveLength(1);
  });

  test('promise 8: a deleted row that returns is written', () => {
    expect(compare([row('1', 1)], new Map([['1', stored(1, 'h', true)]])).updated).toHaveLength(1);
  });

  test('promise 16: every row is counted once, and applying twice changes nothing more', () => {
    const second = fc.nat(9);
    const rows = fc.uniqueArray(fc.tuple(fc.nat(20), second, fc.nat(1)), { selector: ([key]) => key });
    const table = fc.array(fc.tuple(fc.nat(20), second, fc.nat(1), fc.boolean()));
    fc.assert(
      fc.property(rows, table, fc.option(second, { nil: undefined }), (page, before, until) => {
        const protectedUpTo = until === undefined ? undefined : AT(until);
        const known = new Map(
          before.map(([key, at, hash, deleted]) => [`${key}`, stored(at, `${hash}`, deleted)]),
        );
        const given = page.map(([key, at, hash]) => row(`${key}`, at, `${hash}`));
        const first = compare(given, known, protectedUpTo);
        expect(first.inserted.length + first.updated.length + first.unchanged + first.skippedOlder).toBe(
          given.length,
        );
        for (const written of [...first.inserted, ...first.updated]) {
          const version = known.get(written.key)?.version ?? '';
          expect(version <= (written.version ?? '') || version > (protectedUpTo ?? '')).toBe(true);
          known.set(written.key, { version: written.version, hash: written.hash, deleted: false });
        }
        expect(compare(given, known, protectedUpTo)).toMatchObject({
          inserted: [],
          updated: [],
          skippedOlder: first.skippedOlder,
        });
      }),
    );
  });
});
