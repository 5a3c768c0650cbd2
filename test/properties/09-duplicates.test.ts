import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { MAX_SQL_DATETIME } from '../../src/lib/time.ts';
import type { Connection } from '../../src/db/pool.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { stamp } from '../../src/sandbox/trestle/instant.ts';
import { emptied, loadPage, tables } from '../helpers/cases.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { CASES, keys, PATIENCE } from './arbitraries.ts';

/** A record of a feed in which a version of a key says one thing only. */
type Version = { readonly key: string; readonly at: number };

const textOf = ({ key, at }: Version): string =>
  JSON.stringify({
    ListingKey: key,
    ModificationTimestamp: stamp(at),
    City: `as of ${at}`,
    YearBuilt: at % 3000,
  });

const START = Date.UTC(2025, 0);

/** Protects no stored version. */
const NOTHING = '1000-01-01 00:00:00.000';

/** Pages in which keys, and whole records, come again. */
const anyPages: fc.Arbitrary<Version[][]> = keys({ minLength: 1, maxLength: 8 }).chain((all) =>
  fc.array(
    fc.array(
      fc.record(
        { key: fc.constantFrom(...all), at: fc.integer({ min: START, max: START + 5 }) },
        { noNullPrototype: true },
      ),
      { maxLength: 10 },
    ),
    { minLength: 1, maxLength: 3 },
  ),
);

/** The same records in another order, on pages of other sizes. */
const anyCase = anyPages.chain((pages) => {
  const records = pages.flat();
  return fc.record({
    pages: fc.constant(pages),
    shuffled: fc.shuffledSubarray(records, { minLength: records.length, maxLength: records.length }),
    size: fc.integer({ min: 2, max: 20 }),
  });
});

type Seen = { readonly rows: unknown[]; readonly counts: Record<string, number> };

let db: FreshDatabase;
let connection: Connection;
beforeAll(async () => {
  ({ db, connection } = await tables());
});

/** Loads pages one by one. @returns what is in the tables then, and what was told of the records. */
async function loadAll(
  pages: readonly (readonly Version[])[],
  run: number,
  protectedUpTo: string | undefined = MAX_SQL_DATETIME,
): Promise<Seen> {
  const counts = { inserted: 0, updated: 0, unchanged: 0, older: 0 };
  for (const page of pages) {
    const done = await loadPage(connection, property, page.map(textOf), { runId: run, protectedUpTo });
    counts.inserted += done.inserted.length;
    counts.updated += done.updated.length;
    counts.unchanged += done.unchanged;
    counts.older += done.skippedOlder + done.twins;
  }
  const rows = await db.query(
    'SELECT listing_key, modification_timestamp, city, year_built, run_id, payload FROM properties ' +
      'JOIN properties_raw USING (listing_key) ORDER BY listing_key',
  );
  return { rows, counts };
}

function inPages(records: readonly Version[], size: number): Version[][] {
  return Array.from({ length: Math.ceil(records.length / size) }, (_, n) =>
    records.slice(n * size, (n + 1) * size),
  );
}

const sum = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);

// Validates: Requirements 2.5
test(
  'Feature: trestle-etl-pipeline, Property 9: Duplicate Detection Consistency: For any dataset with known duplicates, the duplicate detection algorithm should consistently identify the same records as duplicates across multiple runs.',
  async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ pages, shuffled, size }) => {
        const records = pages.flat();
        const known = new Set(records.map(({ key }) => key));
        await emptied(db);
        const first = await loadAll(pages, 1);

        // One row a key, the newest; all others of its records are known to be duplicates.
        const newest = [...known].map((key) => {
          const at = Math.max(...records.filter((record) => record.key === key).map((record) => record.at));
          return textOf({ key, at });
        });
        const payloads = first.rows.map((row) => (row as { payload: string }).payload);
        expect(payloads.sort()).toEqual(newest.sort());
        expect(first.counts['inserted']).toBe(known.size);
        expect(sum(first.counts)).toBe(records.length);

        // The same pages once more: all are duplicates of what is stored, and no row is touched.
        const again = await loadAll(pages, 2);
        expect(again.rows).toEqual(first.rows);
        expect(again.counts).toMatchObject({ inserted: 0, updated: 0 });
        expect(sum(again.counts)).toBe(records.length);

        // From nothing: the same finding to the last record.
        await emptied(db);
        expect(await loadAll(pages, 1)).toEqual(first);

        // In any order and portions: of late writes the same records are the ones that stay.
        await emptied(db);
        const other = await loadAll(inPages(shuffled, size), 1);
        expect(other.rows).toEqual(first.rows);
        expect(other.counts['inserted']).toBe(known.size);
        expect(sum(other.counts)).toBe(records.length);

        // As what the feed shows now: one row a key too, with the newest version of the last page that has it.
        await emptied(db);
        const shown = await loadAll(pages, 1, NOTHING);
        const last = [...known].map((key) => {
          const own = pages
            .map((page) => page.filter((record) => record.key === key))
            .findLast((page) => page[0]);
          return textOf({ key, at: Math.max(...own!.map((record) => record.at)) });
        });
        expect(shown.rows.map((row) => (row as { payload: string }).payload).sort()).toEqual(last.sort());
        expect(shown.counts['inserted']).toBe(known.size);
        expect(sum(shown.counts)).toBe(records.length);
      }),
      CASES,
    );
  },
  PATIENCE,
);
