import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/db/pool.ts';
import { customProperty } from '../../src/sources/trestle/datasets/custom-property.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { withAdditions } from '../../src/dataset/additions.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { withRun } from '../../src/run/lifecycle.ts';
import { repairStored } from '../../src/run/repair/repair.ts';
import { type StoredFinding, verifyStored } from '../../src/run/repair/stored.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { allowFields } from '../helpers/fields.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';

/** As connections were when init_connect could give them another character set. */
function asBefore(database: Database): Database {
  return {
    ...database,
    connect: async () => {
      const connection = await database.connect();
      await connection.run('SET NAMES latin1');
      return { ...connection, release: () => connection.drop() };
    },
  };
}

async function findingsOf({ tools }: Pipeline, resource = property): Promise<StoredFinding[]> {
  const findings: StoredFinding[] = [];
  await verifyStored(tools(), resource, (finding) => findings.push(finding));
  return findings;
}

type Report = {
  findings: { resource: string; key: string; field?: string; why?: string }[];
  resources: Record<string, Record<string, number>>;
};

describe('promise 7: what an earlier version stored through a latin1 connection', () => {
  test('is found and rewritten from the payloads, without a call', async () => {
    const all = await pipeline({ listings: 60 });
    const { sandbox, db, database } = all;
    const [first] = [...sandbox.feed.records('Property')];
    // The UTF-8 of these has the five bytes that windows-1252 does not use.
    sandbox.feed.put('Property', { ...first!, PublicRemarks: 'ÁÍÏÐÝ: the chef’s 🏊' });
    await all.run({}, { tools: { database: asBefore(database) } });
    await expect(expectParity(sandbox, db, property)).rejects.toThrow();
    sandbox.requests.length = 0;
    const folder = configured(sandbox, db);

    const looked = await trestle(folder, ['verify', '--stored', '--json']);
    expect(looked.code).toBe(1);
    expect(looked.stderr).toMatch(/^trestle-etl: stored rows differ .*Property.*verify --stored --repair/);
    const report = JSON.parse(looked.stdout) as Report;
    const { rows, different, repaired, unreadable } = report.resources['Property']!;
    expect({ rows, repaired, unreadable }).toEqual({ rows: 60, repaired: 0, unreadable: 0 });
    expect(different).toBeGreaterThan(30);
    const remarks = report.findings.filter(({ field }) => field === 'PublicRemarks');
    expect(remarks.map(({ key }) => key)).toContain(readText(first!, 'ListingKey'));

    expect(await trestle(folder, ['verify', '--stored', '--repair'])).toMatchObject({ code: 0, stderr: '' });
    expect(await expectParity(sandbox, db, property)).toBe(60);
    expect(await expectParity(sandbox, db, media)).toBe(180);
    expect(await trestle(folder, ['verify', '--stored'])).toMatchObject({ code: 0, stderr: '' });
    expect(sandbox.requests).toEqual([]);
    const [run] = await db.query("SELECT * FROM etl_sync_log WHERE mode = 'repair'");
    expect(run).toMatchObject({ status: 'success' });
    // What the feed sends now is what is stored.
    expect((await all.run({ mode: 'full-load' })).totals.updated).toBe(0);
  });

  test('is found by the damaged columns if the hash is of another version', async () => {
    const all = await pipeline({ listings: 30 });
    await all.run({}, { tools: { database: asBefore(all.database) } });
    await all.db.query("UPDATE properties SET content_hash = REPEAT('0', 32)");
    const findings = await findingsOf(all);
    expect(findings.filter(({ field }) => field === 'PublicRemarks').length).toBeGreaterThan(10);
    expect(findings.filter(({ expected }) => expected === null)).toEqual([]);
    expect(await trestle(configured(all.sandbox, all.db), ['verify', '--stored', '--repair'])).toMatchObject({
      code: 0,
    });
    expect(await expectParity(all.sandbox, all.db, property)).toBe(30);
  });
});

test('promise 7: a feed that sends such text itself is stored as it sends it', async () => {
  const all = await pipeline({ listings: 3 });
  const records = [...all.sandbox.feed.records('Property')];
  for (const record of records) {
    all.sandbox.feed.put('Property', { ...record, PublicRemarks: 'the chefâ€™s PiÃ±on', City: 'X' });
  }
  await all.run();
  expect(await findingsOf(all)).toEqual([]);
  await all.db.query("UPDATE properties SET content_hash = REPEAT('0', 32)");
  expect(await findingsOf(all)).toEqual([]);
});

test('each column that was changed is named, and rewritten; rows keep what is not of their payload', async () => {
  const all = await pipeline({ listings: 12 });
  const { db, sandbox } = all;
  const resources = [property, media, customProperty];
  await all.run({ resources });
  sandbox.feed.changeListings(3);
  // A re-stamp leaves the payload as it is.
  await db.query(
    'UPDATE properties SET modification_timestamp = modification_timestamp + INTERVAL 1 DAY LIMIT 2',
  );
  const [row] = await db.query<Record<string, string>>(
    'SELECT * FROM properties WHERE city IS NOT NULL AND list_price IS NOT NULL ORDER BY listing_key DESC LIMIT 1',
  );
  const key = row!['listing_key']!;
  await db.query(
    "UPDATE properties SET list_price = list_price + 0.01, city = UPPER(CONCAT(city, 'x')), listing_contract_date = NULL, " +
      'bedrooms_total = 77, new_construction_yn = NULL, latitude = 1.5, photos_change_timestamp = photos_change_timestamp + ' +
      'INTERVAL 1000 MICROSECOND, deleted_at = ?, updated_at = ? WHERE listing_key = ?',
    ['2026-01-01 00:00:00', '2026-01-01 00:00:00', key],
  );
  const [was] = await db.query(
    'SELECT created_at, deleted_at, content_hash FROM properties WHERE listing_key = ?',
    [key],
  );
  await db.query("UPDATE custom_properties SET listing_id = 'other' LIMIT 1");
  const named = await findingsOf(all);
  expect(new Set(named.map((finding) => finding.key))).toEqual(new Set([key]));
  const fields = named.map(({ field }) => field);
  expect(fields).toEqual(
    expect.arrayContaining(['ListPrice', 'City', 'BedroomsTotal', 'Latitude', 'PhotosChangeTimestamp']),
  );
  expect(fields.length).toBeLessThanOrEqual(7);
  expect((await findingsOf(all, customProperty)).map(({ field }) => field)).toEqual(['ListingId']);
  expect(await findingsOf(all, media)).toEqual([]);

  const folder = configured(sandbox, db, { RESOURCES: 'Property,Media,CustomProperty' });
  const ended = await trestle(folder, ['verify', '--stored', '--repair']);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toContain(`Property ${key} ListPrice: stored "`);
  for (const resource of resources) expect(await findingsOf(all, resource)).toEqual([]);
  const [now] = await db.query<Record<string, string>>('SELECT * FROM properties WHERE listing_key = ?', [
    key,
  ]);
  expect(now).toMatchObject(was!);
  expect(now).toMatchObject({ list_price: row!['list_price'], city: row!['city'] });
  // Readers that follow updated_at see it.
  expect(now!['updated_at']).not.toBe('2026-01-01 00:00:00.000');
});

async function withUserFields(): Promise<Pipeline> {
  const all = await pipeline({ listings: 8 });
  await allowFields(all.db);
  for (const [turn, record] of [...all.sandbox.feed.records('Property')].entries()) {
    all.sandbox.feed.put('Property', {
      ...record,
      Appliances: `Oven ${turn}`,
      Furnished: `Partly ’${turn}`,
    });
  }
  return all;
}

describe('columns of the user', () => {
  const wide = withAdditions(property, {
    Appliances: { type: 'varchar(50)' },
    Furnished: { type: 'varchar(50)', table: 'properties_2' },
  });

  test('are compared and rewritten, those in a table beside the first one too', async () => {
    const all = await withUserFields();
    await all.run({ resources: [wide] });
    expect(await findingsOf(all, wide)).toEqual([]);
    await all.db.query("UPDATE properties SET appliances = 'x' ORDER BY listing_key LIMIT 1");
    await all.db.query("UPDATE properties_2 SET furnished = 'x' ORDER BY listing_key LIMIT 1");
    await all.db.query('DELETE FROM properties_2 ORDER BY listing_key DESC LIMIT 1');
    const found = await findingsOf(all, wide);
    expect(found.map(({ field }) => field).toSorted((a, b) => (a! < b! ? -1 : 1))).toEqual([
      'Appliances',
      'Furnished',
      'Furnished',
    ]);
    const options = { mode: 'repair', resources: [wide], dryRun: false } as const;
    await withRun(all.tools(), options, async (active) => {
      const counts = await repairStored(active, wide, () => undefined);
      expect(counts).toMatchObject({ rows: 8, different: 2, repaired: 2 });
      return 'success';
    });
    expect(await findingsOf(all, wide)).toEqual([]);
    const [run] = await all.db.query("SELECT * FROM etl_sync_log WHERE mode = 'repair'");
    expect(run).toMatchObject({ records_updated: '2', records_unchanged: '6', records_processed: '8' });
  });

  test('are left out until they are filled', async () => {
    const all = await withUserFields();
    await all.run();
    expect((await findingsOf(all, wide)).length).toBe(0);
    // Makes the columns.
    await all.run({ resources: [wide], maxPages: 1 }, { overlap: 0 });
    expect(await findingsOf(all, wide)).toEqual([]);
  });
});

test('a payload that cannot be read is named, and its record is fetched by the command that is named', async () => {
  const all = await pipeline({ listings: 10 });
  const { db, sandbox } = all;
  await all.run();
  await db.query("UPDATE properties SET public_remarks = 'spoilt' ORDER BY listing_key LIMIT 2");
  await db.query('UPDATE properties_raw SET payload = LEFT(payload, 50) ORDER BY listing_key LIMIT 2');
  await db.query('DELETE FROM properties_raw ORDER BY listing_key DESC LIMIT 3');
  await db.query("UPDATE media_raw SET payload = '{}' ORDER BY media_key LIMIT 1");
  const folder = configured(sandbox, db);
  const looked = await trestle(folder, ['verify', '--stored', '--json']);
  const report = JSON.parse(looked.stdout) as Report;
  expect(report.resources['Property']).toMatchObject({
    rows: 10,
    different: 0,
    unreadable: 2,
    withoutPayload: 3,
  });
  expect(report.findings.filter(({ why }) => why !== undefined)).toHaveLength(3);

  const ended = await trestle(folder, ['verify', '--stored', '--repair']);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/stored payloads cannot be read: Property \(2\), Media \(1\)/);
  const [, since] = /then trestle-etl sync --since (\S+) fetches/.exec(ended.stderr)!;
  expect(await trestle(folder, ['sync', '--since', since!])).toMatchObject({ code: 0 });
  const again = JSON.parse((await trestle(folder, ['verify', '--stored', '--json'])).stdout) as Report;
  expect(again.findings).toEqual([]);
  expect(await expectParity(sandbox, db, media)).toBe(30);
});

test('rows without payloads are counted, and are no failure', async () => {
  const { run, sandbox, db } = await pipeline({ listings: 4 });
  await run({}, { keepPayload: false });
  const ended = await trestle(configured(sandbox, db), ['verify', '--stored']);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(/Property +4 +0 +0 +0 +4/);
});

test.each([
  [['--repair'], /--repair needs --stored/],
  [['--stored', '--since', '2026-03-01'], /takes no --since/],
])('verify %j is refused', async (flags, message) => {
  const { sandbox, db } = await pipeline({ listings: 1 });
  const ended = await trestle(configured(sandbox, db), ['verify', ...flags]);
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(message) as string });
});
