import { expect, test } from 'vitest';
import { clock } from '../../../src/host/clock.ts';
import { DAY_MS, toSqlDateTime } from '../../../src/lib/time.ts';
import { property } from '../../../src/sources/trestle/datasets/property.ts';
import { type Pipeline, pipeline } from '../../helpers/pipeline.ts';

const daysAgo = (days: number): string => toSqlDateTime(Date.now() - days * DAY_MS);

async function count({ db }: Pick<Pipeline, 'db'>, table: string, condition = 'TRUE'): Promise<number> {
  const [row] = await db.query<{ n: string }>(`SELECT COUNT(*) AS n FROM ${table} WHERE ${condition}`);
  return Number(row!.n);
}

/** Makes the earlier runs those of another day: the next one is the first of its day. */
async function endDay({ db }: Pipeline): Promise<void> {
  await db.query('UPDATE etl_sync_log SET sync_start = sync_start - INTERVAL 1 DAY');
}

const addRun = ({ db }: Pick<Pipeline, 'db'>, mode: string, status: string, at: string, source = 'trestle') =>
  db.query(
    'INSERT INTO etl_sync_log (source, mode, status, sync_start, sync_end, host, pid, version, updated_at) ' +
      "VALUES (?, ?, ?, ?, ?, 'h', 1, '1', ?)",
    [source, mode, status, at, at, at],
  );

test('the first run of a day purges runs and counted requests that are too old, but the last run of each kind stays', async () => {
  const all = await pipeline({ listings: 5 });
  await all.run();
  await addRun(all, 'sync', 'success', daysAgo(401));
  await addRun(all, 'sync', 'success', daysAgo(399));
  await addRun(all, 'reconcile', 'success', daysAgo(500));
  await addRun(all, 'sync', 'failed', daysAgo(450));
  await addRun(all, 'sync', 'success', daysAgo(450), 'permits');
  await all.db.query(
    'INSERT INTO etl_api_usage (process, run_id, hour, resource, kind, calls, failed, bytes, ms) VALUES ' +
      "('p', 1, ?, 'Property', 'data', 1, 0, 1, 1), ('q', 1, ?, 'Property', 'data', 1, 0, 1, 1)",
    [daysAgo(401), daysAgo(399)],
  );
  // Not the first run of its day.
  await all.run();
  expect(await count(all, 'etl_sync_log', `sync_start < '${daysAgo(400)}'`)).toBe(4);
  await endDay(all);
  await all.run();
  const kept = await all.db.query<{ kind: string }>(
    "SELECT CONCAT(source, ' ', mode, ' ', status) AS kind FROM etl_sync_log WHERE sync_start < ? ORDER BY kind",
    [daysAgo(400)],
  );
  expect(kept.map(({ kind }) => kind)).toEqual([
    'permits sync success',
    'trestle reconcile success',
    'trestle sync failed',
  ]);
  expect(await count(all, 'etl_api_usage', "process = 'p'")).toBe(0);
  expect(await count(all, 'etl_api_usage', "process = 'q'")).toBe(1);
});

test('a clock that is far ahead of the database purges nothing', async () => {
  const all = await pipeline({ listings: 5 });
  await all.run();
  const ahead = { ...clock, now: () => Date.now() + 402 * DAY_MS };
  const before = await count(all, 'etl_api_usage');
  await all.run({}, { tools: { clock: ahead } });
  expect(await count(all, 'etl_sync_log')).toBe(2);
  expect(await count(all, 'etl_api_usage')).toBeGreaterThanOrEqual(before);
  expect(all.lines).toContainEqual(
    expect.objectContaining({
      message: expect.stringContaining('clocks of this machine and the database differ'),
    }),
  );
});

test('deleted listings are purged with everything that belongs to them, and copies learn that their tombstones are gone', async () => {
  const all = await pipeline({ listings: 500 });
  await all.run();
  const gone = all.sandbox.feed.removeListings(20);
  expect(await all.reconcile()).toMatchObject({ deleted: 20 });
  const [old, fresh] = [gone.slice(0, 12), gone.slice(12)];
  const at = daysAgo(401);
  await all.db.query('UPDATE properties SET deleted_at = ?, updated_at = ? WHERE listing_key IN (?)', [
    at,
    at,
    old,
  ]);
  await all.db.query('UPDATE etl_deletion SET deleted_at = ? WHERE record_key IN (?)', [at, old]);
  await all.db.query(
    'INSERT INTO etl_field_issue SELECT ?, listing_key, ?, ?, ?, ?, 1, ?, ?, 1 FROM properties WHERE deleted_at IS NOT NULL',
    ['Property', 'City', 'has 80 characters', 'cut', 'x', at, at],
  );
  const active = await count(all, 'properties', 'deleted_at IS NULL');
  await endDay(all);
  await all.run();
  expect(await count(all, 'properties', 'deleted_at IS NULL')).toBe(active);
  const left = await all.db.query<{ k: string }>(
    'SELECT listing_key AS k FROM properties WHERE deleted_at IS NOT NULL ORDER BY k',
  );
  expect(left.map(({ k }) => k)).toEqual(fresh.toSorted());
  for (const [table, key] of [
    ['properties_raw', 'listing_key'],
    ['media', 'resource_record_key'],
    ['etl_deletion', 'record_key'],
    ['etl_field_issue', 'record_key'],
  ] as const) {
    const own = old.map((each) => `'${each}'`).join();
    expect([table, await count(all, table, `${key} IN (${own})`)]).toEqual([table, 0]);
  }
  expect(await count(all, 'media_raw', 'media_key NOT IN (SELECT media_key FROM media)')).toBe(0);
  expect(await count(all, 'etl_deletion')).toBe(8);
  expect(await count(all, 'etl_field_issue')).toBe(8);
  expect(await all.db.query('SELECT dataset, purged_to FROM etl_purge')).toEqual([
    { dataset: 'Property', purged_to: at },
  ]);
});

test('a deleted row that a foreign key protects stays, is reported, and does not keep others', async () => {
  const all = await pipeline({ listings: 300 });
  await all.run({ resources: [property] });
  const gone = all.sandbox.feed.removeListings(10);
  await all.reconcile({ resource: property });
  await all.db.query('UPDATE properties SET deleted_at = ? WHERE deleted_at IS NOT NULL', [daysAgo(500)]);
  await all.db.query('CREATE TABLE favourites (listing_key VARCHAR(255) COLLATE utf8mb4_bin NOT NULL)');
  await all.db.query(
    'CREATE TRIGGER keep_favourites BEFORE DELETE ON properties FOR EACH ROW ' +
      "IF EXISTS (SELECT 1 FROM favourites f WHERE f.listing_key = CAST(OLD.listing_key AS BINARY)) THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a favourite'; END IF",
  );
  await all.db.query('INSERT INTO favourites VALUES (?)', [gone[4]]);
  await endDay(all);
  all.lines.length = 0;
  expect(await all.run({ resources: [property] })).toMatchObject({ status: 'success' });
  expect(await all.db.query('SELECT listing_key AS k FROM properties WHERE deleted_at IS NOT NULL')).toEqual([
    { k: gone[4] },
  ]);
  expect(all.lines.filter(({ level }) => level === 'warn')).toMatchObject([{ data: { key: gone[4] } }]);
});

test('a failure to purge rows does not fail the run', async () => {
  const all = await pipeline({ listings: 5 });
  await all.run();
  await endDay(all);
  await all.db.query('RENAME TABLE etl_deletion TO elsewhere');
  all.lines.length = 0;
  const tools = {
    recall: <T>(name: string, find: () => Promise<T>) =>
      name.startsWith('tables') ? Promise.resolve(true as T) : find(),
  };
  expect(await all.run({}, { tools })).toMatchObject({ status: 'success' });
  expect(all.lines.filter(({ level }) => level === 'warn')).toMatchObject([
    { message: 'could not purge rows; the first run of the next day will' },
  ]);
});

test('changes of listings are kept unless HISTORY_RETENTION_DAYS is set', async () => {
  const all = await pipeline({ listings: 5 });
  await all.run();
  await all.db.query(
    'INSERT INTO listing_change (listing_key, field, changed_at, upstream_at, run_id) VALUES ' +
      "('k', 'ListPrice', ?, ?, 1), ('k', 'ListPrice', ?, ?, 1)",
    [daysAgo(900), daysAgo(900), daysAgo(5), daysAgo(5)],
  );
  await endDay(all);
  await all.run();
  expect(await count(all, 'listing_change')).toBe(2);
  await endDay(all);
  await all.run({}, { retention: { runDays: 400, deletedDays: 400, historyDays: 730 } });
  expect(await count(all, 'listing_change')).toBe(1);
});
