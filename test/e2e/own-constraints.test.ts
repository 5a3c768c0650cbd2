import { expect, test } from 'vitest';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';

const listings = { resources: [property] };

function keysOf({ sandbox: { feed } }: Pipeline): string[] {
  return [...feed.records('Property')].map((record) => readText(record, 'ListingKey'));
}

function touch({ sandbox: { feed } }: Pipeline, wanted: readonly string[]): void {
  const records = [...feed.records('Property')];
  for (const record of records) {
    if (!wanted.includes(readText(record, 'ListingKey'))) continue;
    feed.put('Property', { ...record, City: 'Elsewhere', ModificationTimestamp: new Date().toISOString() });
  }
}

async function held({ db }: Pipeline): Promise<Record<string, string>[]> {
  return db.query('SELECT record_key, reasons FROM etl_quarantine ORDER BY record_key');
}

test.each([
  [
    'a trigger',
    (key: string) =>
      `CREATE TRIGGER own_trigger BEFORE INSERT ON properties_raw FOR EACH ROW IF NEW.listing_key = '${key}' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not this one'; END IF`,
    'DROP TRIGGER own_trigger',
    'not this one',
  ],
  [
    'a check',
    (key: string) =>
      `ALTER TABLE properties_raw ADD CONSTRAINT own_check CHECK (payload NOT LIKE '%${key}%Elsewhere%' AND payload NOT LIKE '%Elsewhere%${key}%')`,
    'ALTER TABLE properties_raw DROP CONSTRAINT own_check',
    'own_check',
  ],
])(
  'promise 5: a payload that %s refuses costs no other listing, and leaves no half of its own',
  async (_, forbid, free, says) => {
    const all = await pipeline({ listings: 30 });
    await all.run(listings);
    const [first, second, third] = keysOf(all);
    const before = await all.db.query('SELECT * FROM properties WHERE listing_key = ?', [second!]);
    touch(all, [first!, second!, third!]);
    await all.db.query(forbid(second!));
    expect(await all.run(listings)).toMatchObject({ status: 'partial', totals: { updated: 2, rejected: 1 } });
    expect(await held(all)).toMatchObject([{ record_key: second!, reasons: expect.stringContaining(says) }]);
    expect(await all.db.query('SELECT * FROM properties WHERE listing_key = ?', [second!])).toEqual(before);
    await all.db.query(free);
    expect(await all.run(listings)).toMatchObject({ status: 'success' });
    expect(await held(all)).toEqual([]);
    expect(await expectParity(all.sandbox, all.db, property)).toBe(30);
  },
);

test('promise 5: with PAYLOAD=off, a payload that a foreign key of the user’s holds costs no other listing', async () => {
  const all = await pipeline({ listings: 30 });
  await all.run(listings);
  const [first, second] = keysOf(all);
  await all.db.query(
    'CREATE TABLE own_notes AS SELECT listing_key FROM properties_raw WHERE listing_key = ?',
    [second!],
  );
  await all.db.query(
    'ALTER TABLE own_notes ADD CONSTRAINT own_key FOREIGN KEY (listing_key) REFERENCES properties_raw (listing_key)',
  );
  touch(all, [first!, second!]);
  const settings = { keepPayload: false };
  expect((await all.run(listings, settings)).totals).toMatchObject({ updated: 1, rejected: 1 });
  expect(await held(all)).toMatchObject([
    { record_key: second!, reasons: expect.stringContaining('own_key') },
  ]);
  await all.db.query('DROP TABLE own_notes');
  expect((await all.run(listings, settings)).totals).toMatchObject({ updated: 1, rejected: 0 });
  expect(await held(all)).toEqual([]);
});
