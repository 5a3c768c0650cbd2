import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { SeenRequest } from '../../src/sandbox/trestle/index.ts';
import { parsePreciseInstant, stamp } from '../../src/sandbox/trestle/instant.ts';
import type { Expression } from '../../src/sandbox/trestle/odata/expression.ts';
import { parseFilter } from '../../src/sandbox/trestle/odata/filter.ts';
import { spanOf, valuesOf } from '../../src/sandbox/trestle/odata/plan.ts';
import { type SandboxRecord, readText } from '../../src/sandbox/trestle/record.ts';
import { sets } from '../../src/sandbox/trestle/sets.ts';
import { type Timed, timed } from '../helpers/timed.ts';
import { CASES, PATIENCE } from './arbitraries.ts';

/** What happens between two runs. Late ones appear so many milliseconds before the newest of the run before. */
const anyRound = fc.record({
  pass: fc.integer({ min: 1, max: 7_200_000 }),
  add: fc.nat(3),
  change: fc.nat(3),
  photos: fc.nat(2),
  photosOnly: fc.nat(2),
  late: fc.array(fc.integer({ min: 0, max: 900_000 }), { maxLength: 2 }),
});

const anyCase = fc.record({
  listings: fc.nat(8),
  apart: fc.integer({ min: 1, max: 400_000 }),
  overlap: fc.constantFrom(0, 1, 1000, 60_000, 600_000, 3_600_000),
  pageSize: fc.constantFrom(3, 10, 1000),
  rounds: fc.array(anyRound, { minLength: 1, maxLength: 2 }),
});

const instant = (record: SandboxRecord): number =>
  parsePreciseInstant(readText(record, 'ModificationTimestamp')) ?? Number.NaN;
const photosInstant = (record: SandboxRecord): number =>
  parsePreciseInstant(readText(record, 'PhotosChangeTimestamp')) ?? Number.NEGATIVE_INFINITY;
const photosOf = (record: SandboxRecord): string =>
  JSON.stringify([record['PhotosChangeTimestamp'] ?? null, record['PhotosCount'] ?? null]);

function filterOf({ query, resource }: SeenRequest): Expression {
  expect(query['$filter']).toBeDefined();
  return parseFilter(query['$filter'] ?? '', sets.get(resource ?? '')!);
}

const isForPhotos = ({ query }: SeenRequest): boolean => query['$orderby']?.startsWith('Photos') === true;
const isByKey = ({ query }: SeenRequest): boolean => query['$filter']?.includes(' in (') === true;

/** What the tool knows of the listings' photos, once these have come. */
function keep(records: readonly SandboxRecord[] | undefined, known: Map<string, string>): void {
  for (const record of records ?? []) known.set(readText(record, 'ListingKey'), photosOf(record));
}

let world: Timed;
beforeAll(async () => {
  world = await timed();
});

/** The feed's listings, each with its instant. */
function listings(): Map<string, SandboxRecord> {
  return new Map(
    [...world.pipe.sandbox.feed.records('Property')].map((rec) => [readText(rec, 'ListingKey'), rec]),
  );
}

/** Listings come up late, one after the other, with instants of the time before `newest`. */
function bringLate(late: readonly number[], newest: number): string[] {
  const { feed } = world.pipe.sandbox;
  return late.map((back, index) => {
    const key = feed.addListings(1)[0]!;
    const record = feed.get('Property', key)!;
    feed.put('Property', { ...record, ModificationTimestamp: stamp(newest - back - index) });
    return key;
  });
}

// Validates: Requirements 4.2, 4.3
test(
  'Feature: trestle-etl-pipeline, Property 13: Incremental Update Efficiency: For any ETL run after the initial load, only records modified since the last successful sync timestamp should be requested from the API.',
  async () => {
    const { pipe, clock, clear, sync } = world;
    const { feed } = pipe.sandbox;
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ listings: most, apart, overlap, pageSize, rounds }) => {
        await clear();
        for (let made = 0; made < most; made += 1) {
          clock.pass(apart);
          feed.addListings(1);
        }
        const settings = { overlap, odata: { pageSize } };
        const known = new Map<string, string>();
        // A minute and the part of a second that the Date header lacks before the load began.
        let photosKnown = clock.now() - 61_000;
        keep((await sync(settings)).records['Property'], known);
        for (const { pass, add, change, photos, photosOnly, late } of rounds) {
          const before = listings();
          const newest = Math.max(...[...before.values()].map(instant));
          const since = newest - overlap;
          clock.pass(pass);
          feed.addListings(add);
          feed.changeListings(change);
          feed.changePhotos(photos);
          const alone = feed.changePhotos(photosOnly, { touchListing: false });
          const latecomers = before.size > 0 ? bringLate(late, newest) : [];
          const { requests, records, byKey } = await sync(settings);

          // What is asked for begins at the newest record of the run before, less the overlap; nothing else is asked.
          const data = requests.filter(({ kind }) => kind === 'data');
          const ofListings = data.filter(({ resource }) => resource === 'Property');
          expect(requests.filter(({ kind }) => kind !== 'data' && kind !== 'token')).toEqual([]);
          expect(ofListings.length).toBeGreaterThan(0);
          for (const seen of before.size > 0 ? ofListings : []) {
            if (isByKey(seen)) continue;
            // Photos are looked for from the newest change known of them, less the overlap; that is before any other.
            const field = isForPhotos(seen) ? 'PhotosChangeTimestamp' : 'ModificationTimestamp';
            const from = isForPhotos(seen) ? photosKnown - overlap : since;
            expect(spanOf(filterOf(seen), field).from).toBeGreaterThanOrEqual(from);
          }
          expect(ofListings.filter(isForPhotos)).toHaveLength(1);
          // By key come only listings whose photos are newer than they are themselves.
          const fetched = (byKey['Property'] ?? []).map((record) => readText(record, 'ListingKey'));
          expect([...alone, ...latecomers]).toEqual(expect.arrayContaining(fetched));
          for (const record of records['Property'] ?? [])
            expect(instant(record)).toBeGreaterThanOrEqual(since);

          // All of it came: what is as old as the last record or older only where the overlap reaches it.
          for (const key of alone) {
            expect([
              ...fetched,
              ...(records['Property'] ?? []).map((rec) => readText(rec, 'ListingKey')),
            ]).toContain(key);
          }
          const now = [...listings()];
          const due = now.filter(([, record]) =>
            overlap > 0 ? instant(record) >= since : instant(record) > since,
          );
          const came = new Set(records['Property']?.map((record) => readText(record, 'ListingKey')));
          expect(due.map(([key]) => key).filter((key) => !came.has(key))).toEqual([]);

          // Media are asked for by listing, and only for those whose photos changed, as far as the sync saw them.
          const asked = data
            .filter(({ resource }) => resource === 'Media')
            .flatMap((seen) => [...(valuesOf(filterOf(seen), 'ResourceRecordKey') ?? ['all'])]);
          const changed = [...(records['Property'] ?? []), ...(byKey['Property'] ?? [])].filter((record) => {
            return known.get(readText(record, 'ListingKey')) !== photosOf(record);
          });
          expect(changed.map((record) => readText(record, 'ListingKey'))).toEqual(
            expect.arrayContaining(asked),
          );
          keep(records['Property'], known);
          keep(byKey['Property'], known);
          photosKnown = Math.max(photosKnown, ...[...listings().values()].map(photosInstant));
        }
      }),
      CASES,
    );
  },
  PATIENCE,
);
