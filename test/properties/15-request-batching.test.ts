import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type SandboxRecord, readText } from '../../src/sandbox/trestle/record.ts';
import { type Timed, timed, type Watched } from '../helpers/timed.ts';
import { CASES, PATIENCE } from './arbitraries.ts';

const anyRound = fc.record({
  add: fc.nat(10),
  change: fc.nat(12),
  photos: fc.nat(12),
  photosOnly: fc.nat(12),
});

const anyCase = fc.record({
  listings: fc.nat(20),
  pageSize: fc.constantFrom(10, 25, 60, 1000),
  rounds: fc.array(anyRound, { minLength: 1, maxLength: 2 }),
});

/** Requests that so many records take, in full pages and a last one that is not full. */
const pagesOf = (records: number, pageSize: number): number => Math.floor(records / pageSize) + 1;

/**
 * The most requests that the media of these listings may take, in portions that fit a page. A portion is closed only
 * when the next listing does not fit, so that any two neighbours are more than a page together. A full page is followed
 * by another one.
 */
function portionsOf(counts: readonly number[], pageSize: number): number {
  if (counts.length === 0) return 0;
  const media = counts.reduce((sum, count) => sum + count, 0);
  const weight = counts.reduce((sum, count) => sum + Math.max(1, count), 0);
  const portions = Math.floor((2 * weight) / (pageSize + 1)) + 1;
  return Math.min(portions, counts.length) + Math.floor(media / pageSize);
}

function countsOf({ requests }: Watched): Record<string, number> {
  const of = (name: string): number =>
    requests.filter(({ kind, resource }) => (kind === 'data' ? resource : kind) === name).length;
  const [token, schema] = [of('token'), of('metadata')];
  return { Property: of('Property'), Media: of('Media'), token, schema, all: requests.length };
}

const photosOf = (record: SandboxRecord): string =>
  JSON.stringify([record['PhotosChangeTimestamp'] ?? null, record['PhotosCount'] ?? null]);

/** The only new listing that nothing is asked for: one whose photos changed may have some, though it counts none. */
const NO_PHOTOS_EVER = photosOf({ PhotosCount: 0 });

/** The photo counts of those that came and whose photos are not as they were known; they are known then. */
function changedCounts({ records, byKey }: Watched, known: Map<string, string>): number[] {
  return [...(records['Property'] ?? []), ...(byKey['Property'] ?? [])].flatMap((record) => {
    const key = readText(record, 'ListingKey');
    const isSame = (known.get(key) ?? NO_PHOTOS_EVER) === photosOf(record);
    known.set(key, photosOf(record));
    return isSame ? [] : [Number(record['PhotosCount'])];
  });
}

let world: Timed;
beforeAll(async () => {
  world = await timed();
});

// Validates: Requirements 4.5
test(
  'Feature: trestle-etl-pipeline, Property 15: Request Batching Efficiency: For any ETL scenario requiring multiple data types, the number of API calls should be minimized through efficient request batching.',
  async () => {
    const { pipe, clock, clear, sync } = world;
    const { feed } = pipe.sandbox;
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ listings, pageSize, rounds }) => {
        await clear();
        clock.pass(3_600_000);
        feed.addListings(listings);
        const known = new Map<string, string>();
        const settings = { overlap: 600_000, odata: { pageSize } };

        // The first load asks what the feed has, and takes both tables page by page, and nothing beside.
        const first = await sync(settings);
        changedCounts(first, known);
        const made = countsOf(first);
        expect(made['Property']).toBeLessThanOrEqual(pagesOf(feed.size('Property'), pageSize));
        expect(made['Media']).toBeLessThanOrEqual(pagesOf(feed.size('Media'), pageSize));
        expect(made['all']).toBe(made['Property']! + made['Media']! + made['token']! + 1);
        expect(made['schema']).toBe(1);
        expect(made['token']).toBeLessThanOrEqual(1);

        for (const { add, change, photos, photosOnly } of rounds) {
          // Less than the hour after which a set that was not believed is asked for once more.
          clock.pass(1_500_000);
          feed.addListings(add);
          feed.changeListings(change);
          feed.changePhotos(photos);
          feed.changePhotos(photosOnly, { touchListing: false });
          const next = await sync(settings);
          const asked = countsOf(next);
          const came = next.records['Property']?.length ?? 0;
          // One request for photos that changed without their listing, and if there are any, one for their listings.
          const alone = next.byKey['Property']?.length ?? 0;
          expect(alone).toBeLessThanOrEqual(photosOnly);
          const byKey = alone === 0 ? 0 : pagesOf(alone, pageSize);
          expect(asked['Property']).toBeLessThanOrEqual(pagesOf(came, pageSize) + 1 + byKey);
          expect(asked['Media']).toBeLessThanOrEqual(portionsOf(changedCounts(next, known), pageSize));
          expect(asked['all']).toBe(asked['Property']! + asked['Media']! + asked['token']!);
          expect(asked['token']).toBeLessThanOrEqual(1);
          expect(next.outcome.calls).toBe(asked['Property']! + asked['Media']!);
        }
        // Few calls, and still everything is there.
        const rows = await pipe.db.query<{ id: string }>(
          'SELECT media_key AS id FROM media WHERE deleted_at IS NULL',
        );
        const served = [...feed.records('Media')].map((record) => readText(record, 'MediaKey'));
        expect(rows.map(({ id }) => id).sort()).toEqual(served.sort());
      }),
      CASES,
    );
  },
  PATIENCE,
);
