import { expect, test } from 'vitest';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';

/** Gives so many listings times within one moment: finer than they are sent, all the same or each another. */
function crowd(sandbox: Sandbox, count: number, moment: string, digits: 'same' | 'different'): void {
  const records = [...sandbox.feed.records('Property')].slice(0, count);
  records.forEach((record, nth) => {
    // Later keys have earlier times.
    const finer = digits === 'same' ? '4567' : String(9000 - 20 * nth);
    sandbox.feed.put('Property', { ...record, ModificationTimestamp: `${moment}${finer}Z` });
  });
}

async function keysHere({ db }: Pick<Pipeline, 'db'>): Promise<string[]> {
  const rows = await db.query('SELECT listing_key FROM properties ORDER BY listing_key');
  return rows.map((row) => String(row['listing_key']));
}

const keysThere = (sandbox: Sandbox): string[] =>
  [...sandbox.feed.records('Property')].map((record) => readText(record, 'ListingKey')).toSorted();

const MOMENT = '2025-05-05T05:05:05.123';
const PAGES = { odata: { pageSize: 100 } };

test.each([
  ['the same time, finer than it is sent', 'same', 3, MOMENT],
  ['different times, finer than they are sent', 'different', 3, MOMENT],
  ['times that are sent as whole tenths of a second', 'different', 1, '2025-05-05T05:05:05.1'],
] as const)(
  'promise 2: 250 listings on one moment are all there: %s',
  async (_, digits, sentDigits, moment) => {
    const { sandbox, db, run } = await pipeline({ listings: 400, sentDigits, oddValues: false });
    crowd(sandbox, 250, moment, digits);
    expect(await run({ resources: [property] }, PAGES)).toMatchObject({ status: 'success' });
    expect(await keysHere({ db })).toEqual(keysThere(sandbox));
    // A later sync and a second load come through it too, and find nothing new.
    await db.query(
      "UPDATE etl_watermark SET cursor_timestamp = '2025-05-05T05:00:00.000Z', cursor_key = NULL",
    );
    expect(await run({ resources: [property] }, PAGES)).toMatchObject({
      totals: { inserted: 0, updated: 0 },
    });
    const again = await run({ mode: 'full-load', resources: [property] }, PAGES);
    expect(again).toMatchObject({ status: 'success', totals: { inserted: 0, updated: 0 } });
    // What changes in it afterwards is found.
    crowd(sandbox, 250, `2026-04-01${moment.slice(10)}`, digits);
    expect(await run({ resources: [property] }, PAGES)).toMatchObject({ status: 'success' });
    const [row] = await db.query(
      "SELECT COUNT(*) AS n FROM properties WHERE modification_timestamp LIKE '2026-04-01 05:05:05%'",
    );
    expect(row).toEqual({ n: '250' });
  },
);

test.each(['same', 'different'] as const)(
  'promise 2: a load that ends within the moment resumes there, however few pages each run takes (%s)',
  async (digits) => {
    const { sandbox, db, run } = await pipeline({ listings: 400, sentDigits: 3, oddValues: false });
    crowd(sandbox, 350, MOMENT, digits);
    let calls = 0;
    for (let runs = 1; ; runs += 1) {
      const { status, calls: own } = await run(
        { resources: [property], maxPages: 2 },
        { odata: { pageSize: 50 } },
      );
      calls += own;
      if (status === 'success') break;
      expect(runs).toBeLessThan(12);
    }
    expect(await keysHere({ db })).toEqual(keysThere(sandbox));
    expect(calls).toBeLessThan(30);
  },
);

test('promise 2: a server that keeps what it sends is asked nothing more for a tie', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 400 });
  sandbox.feed.tie(250);
  sandbox.requests.length = 0;
  await run({ resources: [property] }, PAGES);
  expect(await keysHere({ db })).toEqual(keysThere(sandbox));
  const pages = sandbox.requests.filter(({ kind }) => kind === 'data');
  expect(pages).toHaveLength(5);
});
