import { expect, test } from 'vitest';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { expectParity } from '../helpers/parity.ts';
import { pipeline } from '../helpers/pipeline.ts';

const stampIn = 'SUBSTRING_INDEX(SUBSTRING_INDEX(payload, \'"ModificationTimestamp":"\', -1), \'"\', 1)';

test('a re-stamp of every listing moves their versions, and writes neither other columns nor payloads', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 250 });
  await run({});
  const before = await db.query(
    `SELECT listing_key, ${stampIn} AS stamp FROM properties_raw ORDER BY listing_key`,
  );
  await db.query(
    'CREATE TRIGGER payloads BEFORE UPDATE ON properties_raw FOR EACH ROW ' +
      "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no payload is written'",
  );
  const keys = before.map((row) => String(row['listing_key']));
  for (const key of keys) sandbox.feed.touch('Property', key);
  const done = await run({ resources: [property] });
  expect(done.totals).toMatchObject({ inserted: 0, updated: 250, rejected: 0 });
  expect(
    await db.query(`SELECT listing_key, ${stampIn} AS stamp FROM properties_raw ORDER BY listing_key`),
  ).toEqual(before);
  expect(await expectParity(sandbox, db, property)).toBe(250);
  expect(await db.query('SELECT DISTINCT run_id, deleted_at FROM properties')).toEqual([
    { run_id: '2', deleted_at: null },
  ]);
  expect((await run({ resources: [property] })).totals).toMatchObject({ updated: 0, unchanged: 250 });
});

test('a record that changed with its stamp is written as a whole, among others that did not', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 120 });
  await run({});
  const changed = new Set(sandbox.feed.changeListings(40));
  for (const record of sandbox.feed.records('Property')) {
    const key = readText(record, 'ListingKey');
    if (!changed.has(key)) sandbox.feed.touch('Property', key);
  }
  expect((await run({ resources: [property] })).totals).toMatchObject({ updated: 120 });
  expect(await expectParity(sandbox, db, property)).toBe(120);
  const [old] = await db.query<{ n: string }>(
    `SELECT COUNT(*) AS n FROM properties p JOIN properties_raw r USING (listing_key) WHERE ${stampIn} < ` +
      "DATE_FORMAT(p.modification_timestamp, '%Y-%m-%dT%H:%i:%s')",
  );
  expect(old).toEqual({ n: '80' });
});

test('of media only the version and the address move', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 30 });
  await run({});
  const urls = await db.query<{ url: string }>('SELECT media_url AS url FROM media ORDER BY media_key');
  for (const record of sandbox.feed.records('Media'))
    sandbox.feed.touch('Media', readText(record, 'MediaKey'));
  expect((await run({ mode: 'full-load', resources: [media] })).totals).toMatchObject({
    updated: urls.length,
  });
  expect(await expectParity(sandbox, db, media)).toBe(urls.length);
  const now = await db.query<{ url: string }>('SELECT media_url AS url FROM media ORDER BY media_key');
  expect(now.filter(({ url }, nth) => url === urls[nth]!.url)).toEqual([]);
});

test('a re-stamped row that the server refuses so is written as a whole, or put aside', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 20 });
  await run({ resources: [property] });
  const [key] = [...sandbox.feed.records('Property')].map((record) => readText(record, 'ListingKey'));
  await db.query(
    `CREATE TRIGGER refuse BEFORE UPDATE ON properties FOR EACH ROW ` +
      `IF NEW.listing_key = '${key}' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not this one'; END IF`,
  );
  for (const record of sandbox.feed.records('Property'))
    sandbox.feed.touch('Property', readText(record, 'ListingKey'));
  expect((await run({ resources: [property] })).totals).toMatchObject({ updated: 19, rejected: 1 });
});
