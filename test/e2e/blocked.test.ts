import { expect, test } from 'vitest';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';

/** Takes a photo from each of three listings and changes another of theirs. @returns the listings, and the photos. */
function takePhotos({ sandbox: { feed } }: Pipeline): { listing: string; photo: string }[] {
  const taken: { listing: string; photo: string }[] = [];
  for (const record of feed.records('Property')) {
    const listing = readText(record, 'ListingKey');
    const own = [...feed.records('Media')].filter((each) => each['ResourceRecordKey'] === listing);
    const [first, second] = own;
    if (first === undefined || second === undefined) continue;
    const at = new Date().toISOString();
    const photo = readText(first, 'MediaKey');
    feed.remove('Media', photo);
    feed.put('Media', { ...second, ShortDescription: 'another', ModificationTimestamp: at });
    const moved = { ModificationTimestamp: at, PhotosChangeTimestamp: at, PhotosCount: own.length - 1 };
    feed.put('Property', { ...record, ...moved });
    taken.push({ listing, photo });
    if (taken.length === 3) return taken;
  }
  throw new Error('the sandbox has too few photos');
}

/** A table of the user's own that refers to one row. */
async function refer({ db }: Pipeline, table: string, key: string, value: string, rule = ''): Promise<void> {
  await db.query(`CREATE TABLE own_notes AS SELECT ${key} FROM ${table} WHERE ${key} = '${value}'`);
  await db.query(
    `ALTER TABLE own_notes ADD CONSTRAINT own_key FOREIGN KEY (${key}) REFERENCES ${table} (${key}) ${rule}`,
  );
}

async function forbid({ db }: Pipeline, moment: string, condition: string): Promise<void> {
  await db.query(
    `CREATE TRIGGER own_trigger ${moment} FOR EACH ROW ` +
      `IF ${condition} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not this one'; END IF`,
  );
}

async function mediaOf({ db }: Pipeline, listing: string): Promise<object[]> {
  return db.query(
    'SELECT media_key, short_description, content_hash FROM media WHERE resource_record_key = ? ORDER BY media_key',
    [listing],
  );
}

async function quarantined({ db }: Pipeline): Promise<Record<string, string>[]> {
  return db.query('SELECT resource, record_key, parent_key, reasons FROM etl_quarantine');
}

/** What was put off is due now. */
async function retryNow({ db }: Pipeline): Promise<void> {
  await db.query('UPDATE properties SET media_retry_at = NULL');
}

test.each([
  [
    'a foreign key of the user’s own',
    (all: Pipeline, photo: string) => refer(all, 'media', 'media_key', photo),
    'DROP TABLE own_notes',
    /own_key/,
  ],
  [
    'a trigger',
    (all: Pipeline, photo: string) => forbid(all, 'BEFORE DELETE ON media', `OLD.media_key = '${photo}'`),
    'DROP TRIGGER own_trigger',
    /not this one/,
  ],
])('promise 5: a photo that %s holds costs no other listing its photos', async (_, hold, free, says) => {
  const all = await pipeline({ listings: 40 });
  const { sandbox, db, run, lines } = all;
  await run();
  const [held, ...others] = takePhotos(all);
  await hold(all, held!.photo);
  const before = await mediaOf(all, held!.listing);
  const outcome = await run();
  expect(outcome).toMatchObject({ status: 'partial', totals: { deleted: 2, rejected: 1 } });
  expect(await mediaOf(all, held!.listing)).toEqual(before);
  for (const { listing, photo } of others) {
    expect(JSON.stringify(await mediaOf(all, listing))).not.toContain(photo);
    expect(JSON.stringify(await mediaOf(all, listing))).toContain('another');
  }
  const [entry, ...more] = await quarantined(all);
  expect(more).toEqual([]);
  expect(entry).toMatchObject({ resource: 'Media', record_key: held!.photo, parent_key: held!.listing });
  expect(entry!['reasons']).toMatch(says);
  expect(entry!['reasons']).toContain('was removed from the feed, but the database refuses to delete it');
  expect(lines.filter(({ message }) => message === 'quarantined')).toHaveLength(1);
  const { stdout } = await trestle(configured(sandbox, db), ['why', held!.listing, '--offline']);
  expect(stdout).toMatch(/media: .*left unchanged, 1 in quarantine .*: requested again after/);

  sandbox.requests.length = 0;
  await run();
  expect(sandbox.requests.filter(({ resource }) => resource === 'Media')).toEqual([]);
  await db.query(free);
  await retryNow(all);
  expect((await run()).status).toBe('success');
  expect(await expectParity(sandbox, db, media)).toBe(sandbox.feed.size('Media'));
  expect(await quarantined(all)).toEqual([]);
});

test('a foreign key with ON DELETE CASCADE holds nothing back', async () => {
  const all = await pipeline({ listings: 40 });
  await all.run();
  const [held] = takePhotos(all);
  await refer(all, 'media', 'media_key', held!.photo, 'ON DELETE CASCADE');
  expect(await all.run()).toMatchObject({ status: 'success', totals: { deleted: 3, rejected: 0 } });
  expect(await all.db.query('SELECT * FROM own_notes')).toEqual([]);
  expect(await expectParity(all.sandbox, all.db, media)).toBe(all.sandbox.feed.size('Media'));
});

test('a trigger that refuses to mark one listing costs no other its photos, and is reported', async () => {
  const all = await pipeline({ listings: 40 });
  await all.run();
  const [held] = takePhotos(all);
  const isMarked = 'NOT (NEW.media_fetched_at <=> OLD.media_fetched_at)';
  await forbid(all, 'BEFORE UPDATE ON properties', `NEW.listing_key = '${held!.listing}' AND ${isMarked}`);
  expect(await all.run()).toMatchObject({ status: 'partial', totals: { deleted: 3, rejected: 1 } });
  expect(await expectParity(all.sandbox, all.db, media)).toBe(all.sandbox.feed.size('Media'));
  const due = await all.db.query('SELECT listing_key FROM properties WHERE media_due = 1');
  expect(due).toEqual([{ listing_key: held!.listing }]);
  expect((await quarantined(all))[0]).toMatchObject({ record_key: held!.listing });
  await all.db.query('DROP TRIGGER own_trigger');
  expect((await all.run()).status).toBe('success');
  expect(await quarantined(all)).toEqual([]);
});

test.each([
  [
    'reconcile --hard and a foreign key',
    true,
    (all: Pipeline, key: string) => refer(all, 'properties', 'listing_key', key),
    'DROP TABLE own_notes',
  ],
  [
    'reconcile and a trigger',
    false,
    (all: Pipeline, key: string) => forbid(all, 'BEFORE UPDATE ON properties', `NEW.listing_key = '${key}'`),
    'DROP TRIGGER own_trigger',
  ],
] as const)(
  'promise 8: %s: the others are deleted, and the one is reported',
  async (_, isHard, hold, free) => {
    const all = await pipeline({ listings: 100 });
    await all.run();
    const gone = all.sandbox.feed.removeListings(4);
    await hold(all, gone[1]!);
    expect(await all.reconcile({ isHard })).toMatchObject({ candidates: 4, deleted: 3, here: 97 });
    const left = await all.db.query(
      `SELECT listing_key FROM properties WHERE deleted_at IS NULL AND listing_key IN (${gone.map(() => '?').join()})`,
      gone,
    );
    expect(left).toEqual([{ listing_key: gone[1] }]);
    const journal = await all.db.query<{ k: string }>('SELECT record_key AS k FROM etl_deletion');
    expect(journal.map(({ k }) => k).sort()).toEqual(gone.filter((key) => key !== gone[1]).sort());
    expect(await quarantined(all)).toMatchObject([{ resource: 'Property', record_key: gone[1] }]);
    const [log] = await all.db.query("SELECT * FROM etl_sync_log WHERE mode = 'reconcile'");
    expect(log).toMatchObject({ records_deleted: '3', records_rejected: '1', records_processed: '1' });

    await all.db.query(free);
    expect(await all.reconcile({ isHard })).toMatchObject({ candidates: 1, deleted: 1, here: 96 });
    expect(await quarantined(all)).toEqual([]);
  },
);

test('reconcile --hard that leaves a row behind says partial', async () => {
  const all = await pipeline({ listings: 40 });
  await all.run();
  const [gone] = all.sandbox.feed.removeListings(1);
  await refer(all, 'properties', 'listing_key', gone!);
  const ended = await trestle(configured(all.sandbox, all.db), ['reconcile', '--hard']);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const [log] = await all.db.query("SELECT status FROM etl_sync_log WHERE mode = 'reconcile'");
  expect(log).toEqual({ status: 'partial' });
});
