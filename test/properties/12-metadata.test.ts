import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { ResourceDetail } from '../../src/record/run-detail.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { type Timed, timed } from '../helpers/timed.ts';
import { CASES, PATIENCE } from './arbitraries.ts';

/** What happens to a feed before a run. */
const anyChanges = fc.record({
  add: fc.nat(4),
  change: fc.nat(3),
  photos: fc.nat(3),
  spoil: fc.nat(2),
  touch: fc.nat(1),
});

const anyCase = fc.record({
  rounds: fc.array(anyChanges, { minLength: 1, maxLength: 2 }),
  pageSize: fc.constantFrom(3, 8, 1000),
  /** Milliseconds that pass with each request in turn. */
  delays: fc.array(fc.nat(200_000), { minLength: 1, maxLength: 5 }),
});

type Table = 'properties' | 'media';
/** Key → the run that wrote the row. */
type Snapshot = Readonly<Record<Table, ReadonlyMap<string, number>>> & {
  /** Resource and key → how often it was rejected. */
  readonly held: ReadonlyMap<string, number>;
};

async function snapshot(db: FreshDatabase): Promise<Snapshot> {
  const tables = await db.query('SHOW TABLES');
  const read = async (sql: string): Promise<Map<string, number>> => {
    const rows = tables.length === 0 ? [] : await db.query<{ id: string; n: string }>(sql);
    return new Map(rows.map(({ id, n }) => [id, Number(n)]));
  };
  return {
    properties: await read('SELECT listing_key AS id, run_id AS n FROM properties'),
    media: await read('SELECT media_key AS id, run_id AS n FROM media'),
    held: await read("SELECT CONCAT(resource, ' ', record_key) AS id, times_seen AS n FROM etl_quarantine"),
  };
}

/** What a run did to a table, by looking at it before and after. */
function differenceOf(table: Table, name: string, before: Snapshot, after: Snapshot, run: number) {
  const [old, now] = [before[table], after[table]];
  const held = [...after.held].filter(([id]) => id.startsWith(`${name} `));
  return {
    inserted: [...now.keys()].filter((key) => !old.has(key)).length,
    updated: [...now].filter(([key, by]) => by === run && old.has(key)).length,
    deleted: [...old.keys()].filter((key) => !now.has(key)).length,
    rejected: held.reduce((sum, [id, times]) => sum + times - (before.held.get(id) ?? 0), 0),
  };
}

type Logged = Record<string, string | null>;

let world: Timed;
beforeAll(async () => {
  world = await timed();
});

// Validates: Requirements 3.4
test(
  'Feature: trestle-etl-pipeline, Property 12: Metadata Tracking Accuracy: For any completed ETL run, the sync metadata should accurately reflect the number of records processed, inserted, updated, and the execution duration.',
  async () => {
    const { pipe, clock, clear, sync } = world;
    const { sandbox, db } = pipe;
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ rounds, pageSize, delays }) => {
        await clear();
        let asked = 0;
        sandbox.onRequest = () => clock.pass(delays[asked++ % delays.length]!);
        for (const { add, change, photos, spoil, touch } of rounds) {
          clock.pass(60_000);
          sandbox.feed.addListings(add);
          sandbox.feed.changeListings(change);
          sandbox.feed.changePhotos(photos);
          sandbox.feed.corrupt(spoil);
          const [first] = sandbox.feed.records('Property');
          if (touch > 0 && first !== undefined) sandbox.feed.touch('Property', readText(first, 'ListingKey'));
          const before = await snapshot(db);
          const start = clock.now();
          const { requests, records, pages, outcome } = await sync({ odata: { pageSize } });
          const after = await snapshot(db);

          const [row] = await db.query<Logged>('SELECT * FROM etl_sync_log ORDER BY id DESC LIMIT 1');
          const number = (name: string): number => Number(row?.[name]);
          const time = (name: string): number => Date.parse(`${row?.[name]?.replace(' ', 'T')}Z`);
          expect(number('id')).toBe(outcome.run);
          const detail = JSON.parse(row?.['detail'] ?? '') as Record<string, ResourceDetail>;
          for (const [name, table] of [
            ['Property', 'properties'],
            ['Media', 'media'],
          ] as const) {
            const found = differenceOf(table, name, before, after, outcome.run);
            const processed = records[name]?.length ?? 0;
            const unchanged = processed - found.inserted - found.updated - found.rejected;
            expect(detail[name]).toMatchObject({ ...found, processed, unchanged, older: 0 });
          }
          for (const what of [
            'processed',
            'inserted',
            'updated',
            'unchanged',
            'rejected',
            'deleted',
          ] as const) {
            const sum = Object.values(detail).reduce((all, each) => all + each[what], 0);
            expect([what, number(`records_${what}`)]).toEqual([what, sum]);
          }
          expect(number('api_calls_made')).toBe(requests.filter(({ kind }) => kind !== 'token').length);
          expect(detail['Property']?.pages).toBe(pages['Property']);
          expect(number('pages')).toBe(Object.values(detail).reduce((all, each) => all + each.pages, 0));
          expect(row?.['status']).toBe(number('records_rejected') === 0 ? 'success' : 'partial');
          // Time passes with requests only, so that how long the run took is known to the millisecond.
          expect([time('sync_start'), time('sync_end')]).toEqual([start, clock.now()]);
        }
      }),
      CASES,
    );
  },
  PATIENCE,
);
