import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { MAX_SQL_DATETIME, toSqlDateTime } from '../../src/lib/time.ts';
import type { Connection } from '../../src/db/pool.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { stamp } from '../../src/sandbox/trestle/instant.ts';
import { emptied, loadPage, tables } from '../helpers/cases.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { anyText, CASES, keys, PATIENCE } from './arbitraries.ts';

const START = Date.UTC(2025, 0);

/** A version of a record. Two of the same time may differ: then the one that came last is the most recent. */
type Version = {
  readonly key: string;
  readonly at: number;
  readonly city: string;
  readonly price: number | null;
};

const anyPages: fc.Arbitrary<Version[][]> = keys({ minLength: 1, maxLength: 6 }).chain((all) =>
  fc.array(
    fc.array(
      fc.record({
        key: fc.constantFrom(...all),
        at: fc.integer({ min: START, max: START + 8 }),
        // Often what it was before: then only the time has moved.
        city: fc.oneof(
          fc.constantFrom('', 'Bend'),
          anyText.map((text) => Array.from(text).slice(0, 64).join('')),
        ),
        price: fc.oneof(fc.constantFrom(null, 0), fc.nat(1e6)),
      }),
      { maxLength: 8 },
    ),
    { minLength: 1, maxLength: 8 },
  ),
);

const textOf = ({ key, at, city, price }: Version): string =>
  JSON.stringify({ ListingKey: key, ModificationTimestamp: stamp(at), City: city, ListPrice: price });

/** Of each key the one of a page that is the most recent. */
function winners(page: readonly Version[]): Version[] {
  const latest = new Map<string, Version>();
  for (const version of page) {
    if (version.at >= (latest.get(version.key)?.at ?? 0)) latest.set(version.key, version);
  }
  return [...latest.values()];
}

/** Whether nothing but the time has moved: then the payload stays the one that was sent with this content. */
const isRestamp = (stored: Version, { city, price }: Version): boolean =>
  stored.city === city && stored.price === price;

/** Until when stored versions are protected: never, up to a time among the versions, always. */
const anyProtection = fc.oneof(
  fc.constantFrom(undefined, MAX_SQL_DATETIME),
  fc.integer({ min: START - 1, max: START + 9 }).map(toSqlDateTime),
);

/** A late write that must not be stored: the most recent data is stored already. */
const isLate = (stored: Version | undefined, { at }: Version, protectedUpTo: string | undefined): boolean =>
  stored !== undefined &&
  protectedUpTo !== undefined &&
  at < stored.at &&
  toSqlDateTime(stored.at) <= protectedUpTo;

/** Rows as text, in one order. */
const inOrder = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

let db: FreshDatabase;
let connection: Connection;
beforeAll(async () => {
  ({ db, connection } = await tables());
});

// Validates: Requirements 3.2
test(
  'Feature: trestle-etl-pipeline, Property 11: Upsert Behavior Correctness: For any record loaded multiple times, the database should contain exactly one instance of that record with the most recent data.',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        anyPages,
        fc.integer({ min: 1, max: 9 }),
        anyProtection,
        async (pages, batchSize, protectedUpTo) => {
          await emptied(db);
          const latest = new Map<string, Version & { readonly payload: string }>();
          for (const [run, page] of pages.entries()) {
            const options = { batchSize, runId: run + 1, protectedUpTo };
            await loadPage(connection, property, page.map(textOf), options);
            for (const version of winners(page)) {
              const stored = latest.get(version.key);
              if (isLate(stored, version, protectedUpTo)) continue;
              const payload = stored && isRestamp(stored, version) ? stored.payload : textOf(version);
              latest.set(version.key, { ...version, payload });
            }
          }
          const rows = await db.query(
            'SELECT p.listing_key AS `key`, CAST(p.modification_timestamp AS CHAR) AS at, p.city, ' +
              'CAST(p.list_price AS CHAR) AS price, r.payload FROM properties p LEFT JOIN properties_raw r USING (listing_key)',
          );
          const wanted = [...latest.values()].map((version) => ({
            key: version.key,
            at: new Date(version.at).toISOString().replace('T', ' ').replace('Z', ''),
            city: version.city,
            price: version.price === null ? null : version.price.toFixed(2),
            payload: version.payload,
          }));
          expect(inOrder(rows)).toEqual(inOrder(wanted));
          const [raw] = await db.query<{ n: number }>('SELECT COUNT(*) AS n FROM properties_raw');
          expect(Number(raw?.n)).toBe(latest.size);
        },
      ),
      CASES,
    );
  },
  PATIENCE,
);
