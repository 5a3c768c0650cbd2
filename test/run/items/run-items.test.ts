import { expect, test } from 'vitest';
import {
  ConfigError,
  ImplausibleDataError,
  RateLimitedError,
  UnavailableError,
} from '../../../src/errors.ts';
import { readItemState, readItemStates, resetItemState } from '../../../src/record/item-checkpoint.ts';
import { countItems, readItem } from '../../../src/record/item.ts';
import { listUnprocessed, readRawRecord } from '../../../src/record/item-raw.ts';
import { reprocess } from '../../../src/run/items/reprocess.ts';
import type { RawRecord } from '../../../src/sources/items.ts';
import { type ArraySource, itemsPipeline } from '../../helpers/items.ts';

const all = await itemsPipeline();
const { db, database } = all;

function records(from: number, to: number, more: RawRecord = {}): RawRecord[] {
  return Array.from({ length: to - from }, (_, nth) => ({
    id: String(from + nth),
    title: `Item ${from + nth}`,
    amount: `${from + nth}.50`,
    ...more,
  }));
}

async function itemsOf(name: string): Promise<Record<string, string | null>[]> {
  return db.query(
    'SELECT external_id, title, amount, updated_at, deleted_at FROM unified_items WHERE source_name = ? ORDER BY id',
    [name],
  );
}

async function countLive(name: string): Promise<number> {
  return (await itemsOf(name)).filter((item) => item['deleted_at'] === null).length;
}

test('promise 30: raw records, items, checkpoint and counts are stored together', async () => {
  const source: ArraySource = { batches: [records(0, 30), records(30, 50)] };
  const outcome = await all.runItems('first', source);
  expect(outcome).toMatchObject({
    status: 'success',
    totals: { processed: 50, inserted: 50, updated: 0, unchanged: 0, rejected: 0 },
  });
  expect(await itemsOf('first')).toHaveLength(50);
  expect(await readItem(database, 'first', '7')).toMatchObject({
    source_type: 'csv',
    title: 'Item 7',
    amount: '7.500000',
    metadata: '{}',
    deleted_at: null,
  });
  expect(await readRawRecord(database, 'first', '7')).toMatchObject({
    payload: JSON.stringify(source.batches[0]![7]),
    isProcessed: true,
    attempts: 1,
    error: null,
  });
  expect((await readItemState(database, 'first'))?.checkpoint?.value).toBe('2');
  const [run] = await db.query("SELECT * FROM etl_runs WHERE source_name = 'first'");
  expect(run).toMatchObject({
    source_type: 'csv',
    status: 'success',
    records_extracted: '50',
    records_loaded: '50',
    records_failed: '0',
  });
  expect(await db.query("SELECT * FROM v_items WHERE source_name = 'first'")).toHaveLength(50);
});

test('faults 11 and 13, promise 31: an unchanged run writes nothing but its row', async () => {
  const source: ArraySource = { batches: [records(0, 25)] };
  await all.runItems('same', source);
  const before = await tablesOf('same');
  const outcome = await all.runItems('same', source, { mode: 'full-load' });
  expect(outcome).toMatchObject({ status: 'success', totals: { unchanged: 25, inserted: 0, updated: 0 } });
  expect(await tablesOf('same')).toEqual(before);
});

/** All that is stored of a source. */
async function tablesOf(name: string): Promise<unknown[]> {
  const tables = [
    ['raw_data', 'source_name'],
    ['unified_items', 'source_name'],
    ['etl_checkpoints', 'source_name'],
    ['etl_watermark', 'resource'],
  ];
  const found: unknown[] = [];
  for (const [table, column] of tables)
    found.push(await db.query(`SELECT * FROM ${table} WHERE ${column} = ?`, [name]));
  return found;
}

test('only changed items are written, and updated_at moves only with content', async () => {
  const source: ArraySource = { batches: [records(0, 20)] };
  await all.runItems('edits', source);
  const before = await itemsOf('edits');
  source.batches = [[...records(0, 19), { id: '19', title: 'Another title', amount: '1' }]];
  expect(await all.runItems('edits', source, { mode: 'full-load' })).toMatchObject({
    totals: { updated: 1, unchanged: 19 },
  });
  const after = await itemsOf('edits');
  expect(after.slice(0, 19)).toEqual(before.slice(0, 19));
  expect(after[19]).toMatchObject({ title: 'Another title' });
  expect(after[19]!['updated_at']! > before[19]!['updated_at']!).toBe(true);
});

test('fault 13: one bad record stays in raw_data, and the others are stored', async () => {
  const source: ArraySource = {
    batches: [[{ id: 'a', title: null, amount: '1' }, { title: 'no id' }, ...records(0, 20)]],
  };
  const outcome = await all.runItems('bad', source);
  expect(outcome).toMatchObject({
    status: 'partial',
    totals: { processed: 22, inserted: 20, rejected: 2 },
  });
  const unprocessed = await listUnprocessed(database, 'bad', 10);
  expect(unprocessed.map(({ error }) => error)).toEqual(['title is empty', 'external_id is empty']);
  expect(await listUnprocessed(database, 'bad', 1)).toHaveLength(1);
  expect(await countItems(database)).toContainEqual({ source: 'bad', items: 20, deleted: 0, unprocessed: 2 });
});

test('fault 3: what could not become an item is mapped again in every run, however much it is', async () => {
  const source: ArraySource = { batches: [records(0, 2500, { title: null, name: 'A name' })] };
  await all.runItems('again', source);
  expect(await itemsOf('again')).toHaveLength(0);
  source.mapping = { title: 'title || name' };
  source.batches = [];
  await all.runItems('again', source);
  expect(await itemsOf('again')).toHaveLength(2500);
  expect(await listUnprocessed(database, 'again', 10)).toEqual([]);
});

test('fault 2: the checkpoint does not pass a batch that was not stored', async () => {
  const starts: ArraySource['starts'] = [];
  const error = new UnavailableError('the server is down', { op: 'get' });
  const source: ArraySource = {
    batches: [records(0, 20), records(20, 40), records(40, 60)],
    error: { after: 2, error },
    starts,
  };
  await expect(all.runItems('resume', source)).rejects.toThrow(error);
  expect(await itemsOf('resume')).toHaveLength(40);
  expect((await readItemState(database, 'resume'))?.checkpoint?.value).toBe('2');
  delete source.error;
  expect(await all.runItems('resume', source)).toMatchObject({ totals: { inserted: 20, unchanged: 0 } });
  expect(starts.map((start) => start?.value)).toEqual([undefined, '2']);
});

test('fault 16: records are counted once, also if a key comes twice in a batch', async () => {
  const source: ArraySource = {
    batches: [[...records(0, 20), { id: '3', title: 'The later one', amount: '3' }]],
  };
  const outcome = await all.runItems('twice', source);
  expect(outcome.totals).toMatchObject({ processed: 21, inserted: 20, older: 1 });
  expect(await readItem(database, 'twice', '3')).toMatchObject({ title: 'The later one' });
});

test('fault 17: the same id in two sources is two items; case and trailing blanks make another id', async () => {
  const batches = [
    [
      { id: 'a', title: '1', amount: 1 },
      { id: 'A', title: '2', amount: 1 },
      { id: 'a ', title: '3', amount: 1 },
    ],
  ];
  await all.runItems('one', { batches });
  await all.runItems('other', { batches });
  expect((await itemsOf('one')).map(({ title }) => title)).toEqual(['1', '2', '3']);
  expect(await itemsOf('other')).toHaveLength(3);
});

test('fault 12: texts stay as they are, and amounts are exact', async () => {
  const odd = {
    id: '00123',
    title: 'It’s \\ a \t "tab"\n🏠',
    amount: '12345678901234567.123456',
    note: 'a\tb\\c\u0000\uD800',
  };
  await all.runItems('exact', { batches: [[odd]] });
  expect(await readItem(database, 'exact', '00123')).toMatchObject({
    title: 'It’s \\ a "tab" 🏠',
    amount: '12345678901234567.123456',
  });
  expect((await readRawRecord(database, 'exact', '00123'))?.payload).toBe(JSON.stringify(odd));
  expect(JSON.parse(String((await readItem(database, 'exact', '00123'))!['metadata']))).toEqual({
    note: 'a\tb\\c\uFFFD',
  });
});

test('metadata of many levels is stored', async () => {
  let deep: unknown = 1;
  for (let level = 0; level < 200; level += 1) deep = { deep };
  const outcome = await all.runItems('deep', {
    batches: [[{ id: '1', title: 't', amount: 1, deep } as RawRecord]],
  });
  expect(outcome).toMatchObject({ status: 'success', totals: { inserted: 1 } });
});

test('pitfall 23: a field that no record has keeps the checkpoint where it is', async () => {
  const source: ArraySource = { batches: [records(0, 30)], mapping: { amount: 'price' } };
  const outcome = await all.runItems('drift', source);
  expect(outcome).toMatchObject({ status: 'partial', missingFields: ['amount'] });
  expect(outcome.warnings[0]).toContain('no record has amount');
  expect((await readItemState(database, 'drift'))?.checkpoint).toBeUndefined();
  source.mapping = {};
  expect(await all.runItems('drift', source)).toMatchObject({
    status: 'success',
    missingFields: [],
    totals: { updated: 30 },
  });
  expect((await readItemState(database, 'drift'))?.checkpoint?.value).toBe('1');
});

test('pitfall 23: a small run proves nothing', async () => {
  const source: ArraySource = { batches: [records(0, 19)], mapping: { amount: 'price' } };
  expect(await all.runItems('few', source)).toMatchObject({ status: 'success', missingFields: [] });
  expect((await readItemState(database, 'few'))?.checkpoint?.value).toBe('1');
});

test('pitfalls 13 and 14: only a whole read deletes, never an empty one, and never too much', async () => {
  const source: ArraySource = { batches: [records(0, 50), records(50, 100)], deletes: 'absent' };
  await all.runItems('absent', source);
  source.batches = [records(0, 50), records(50, 95)];
  source.isWhole = false;
  await all.runItems('absent', source, { mode: 'full-load' });
  expect(await countLive('absent')).toBe(100);

  source.isWhole = true;
  expect(await all.runItems('absent', source, { mode: 'full-load' })).toMatchObject({
    totals: { unchanged: 95, deleted: 5 },
  });
  expect(await countLive('absent')).toBe(95);

  source.batches = [records(0, 20)];
  await expect(all.runItems('absent', source, { mode: 'full-load' })).rejects.toThrow(ImplausibleDataError);
  source.batches = [[]];
  await expect(all.runItems('absent', source, { mode: 'full-load', force: true })).rejects.toThrow(
    ImplausibleDataError,
  );
  expect(await countLive('absent')).toBe(95);

  source.batches = [records(0, 20), records(96, 97)];
  expect(await all.runItems('absent', source, { mode: 'full-load', force: true })).toMatchObject({
    totals: { unchanged: 20, updated: 1, deleted: 75 },
  });
  expect(await countLive('absent')).toBe(21);
});

test('a read with records that have no id deletes nothing, and says so', async () => {
  const source: ArraySource = { batches: [records(0, 30)], deletes: 'absent' };
  await all.runItems('no-id', source);
  source.batches = [[...records(0, 29), { title: 'Item 29', amount: '29.50' }]];
  expect(await all.runItems('no-id', source, { mode: 'full-load' })).toMatchObject({
    totals: { deleted: 0 },
    warnings: expect.arrayContaining(['1 records have no id: nothing was deleted']),
  });
  expect(await countLive('no-id')).toBe(30);
});

test('a deleted item that returns is the same item', async () => {
  const source: ArraySource = { batches: [records(0, 30)], deletes: 'absent' };
  await all.runItems('back', source);
  const before = await readItem(database, 'back', '29');
  source.batches = [records(0, 29)];
  await all.runItems('back', source, { mode: 'full-load' });
  expect((await readItem(database, 'back', '29'))!['deleted_at']).not.toBeNull();
  source.batches = [records(0, 30)];
  expect(await all.runItems('back', source, { mode: 'full-load' })).toMatchObject({ totals: { updated: 1 } });
  const { id, first_seen_at, deleted_at } = (await readItem(database, 'back', '29'))!;
  expect({ id, first_seen_at, deleted_at }).toEqual({
    id: before!['id'],
    first_seen_at: before!['first_seen_at'],
    deleted_at: null,
  });
});

test('another address is asked about; full-load accepts it', async () => {
  const source: ArraySource = { batches: [records(0, 20)] };
  await all.runItems('shape', source);
  source.readShape = 'read 2';
  const error = await all.runItems('shape', source).catch((err: unknown) => err);
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as ConfigError).hint).toContain('sources reset shape');
  await all.runItems('shape', source, { mode: 'full-load' });
  await all.runItems('shape', source);
});

test('another mapping is reported until reprocess has run, which sends no request', async () => {
  const source: ArraySource = { batches: [records(0, 1500)] };
  await all.runItems('mapping', source);
  source.mapping = { title: '{title}!' };
  source.mapShape = 'map 2';
  const outcome = await all.runItems('mapping', source);
  expect(outcome.warnings.join()).toContain('trestle-etl reprocess mapping');
  expect((await itemsOf('mapping'))[0]).toMatchObject({ title: 'Item 0' });
  const done = await reprocess(all.toolsOf('mapping', source), false);
  expect(done).toMatchObject({ status: 'success', totals: { updated: 1500 } });
  expect((await itemsOf('mapping')).every(({ title }) => title!.endsWith('!'))).toBe(true);
  expect(await all.runItems('mapping', source)).toMatchObject({ warnings: [] });
});

test('reprocess gives records another key, and keeps items whose record cannot be mapped', async () => {
  const batch = Array.from({ length: 20 }, (_, nth) => ({
    id: String(nth),
    code: `c${nth}`,
    title: `Item ${nth}`,
    amount: '1',
  }));
  const source: ArraySource = { batches: [batch] };
  await all.runItems('rekey', source);
  source.mapping = { external_id: 'code' };
  await reprocess(all.toolsOf('rekey', source), false);
  expect((await itemsOf('rekey')).map((item) => item['external_id'])).toContain('c7');
  expect(await itemsOf('rekey')).toHaveLength(20);
  expect(await readRawRecord(database, 'rekey', '7')).toBeUndefined();

  source.mapping = { external_id: 'code', title: 'headline' };
  expect(await reprocess(all.toolsOf('rekey', source), false)).toMatchObject({
    status: 'partial',
    totals: { rejected: 20 },
  });
  expect((await itemsOf('rekey'))[7]).toMatchObject({ title: 'Item 7', deleted_at: null });
  expect(await readRawRecord(database, 'rekey', 'c7')).toMatchObject({
    isProcessed: false,
    error: 'title is empty',
  });
});

test('reprocess gives each record its key, also if it is the former key of another one', async () => {
  const batch = Array.from({ length: 9 }, (_, nth) => ({
    seq: String(nth + 1),
    id: String(nth + 2),
    title: `Item ${nth + 2}`,
  }));
  const source: ArraySource = { batches: [batch], mapping: { external_id: 'seq' } };
  await all.runItems('shift', source);
  source.mapping = { external_id: 'id' };
  expect(await reprocess(all.toolsOf('shift', source), false)).toMatchObject({
    status: 'success',
    displaced: 0,
  });
  const items = await itemsOf('shift');
  expect(
    new Set(items.map((item) => [item['external_id'], item['title'], item['deleted_at']].join())),
  ).toEqual(new Set(batch.map(({ id, title }) => [id, title, null].join())));
  const [raw] = await database.select<{ n: number }>(
    "SELECT COUNT(*) AS n FROM raw_data WHERE source_name = 'shift' AND processed = 1",
  );
  expect(raw!.n).toBe(9);
});

test('records that get the same key become one item', async () => {
  const source: ArraySource = { batches: [records(0, 20, { kind: 'k' })] };
  await all.runItems('merge', source);
  source.mapping = { external_id: 'kind' };
  await reprocess(all.toolsOf('merge', source), false);
  const live = (await itemsOf('merge')).filter((item) => item['deleted_at'] === null);
  expect(live.map((item) => item['external_id'])).toEqual(['k']);
});

test('a failed run counts for all sources of the server, and a good one ends that', async () => {
  const error = new RateLimitedError('429', { op: 'get', retryAfter: 3_600_000 });
  const broken: ArraySource = { batches: [], error: { after: 0, error }, server: 'api.example' };
  await all.runItems('neighbour', { batches: [records(0, 20)], server: 'api.example' });
  for (let turn = 0; turn < 5; turn += 1) await expect(all.runItems('broken', broken)).rejects.toThrow(error);
  const now = Date.now();
  for (const name of ['broken', 'neighbour']) {
    const state = await readItemState(database, name);
    expect(state).toMatchObject({ failures: 5 });
    expect(state!.openedUntil! > now).toBe(true);
  }
  expect((await readItemState(database, 'broken'))!.notBefore! > now + 3_000_000).toBe(true);
  delete broken.error;
  broken.batches = [records(0, 20)];
  await all.runItems('broken', broken, { mode: 'full-load' });
  for (const name of ['broken', 'neighbour'])
    expect(await readItemState(database, name)).toMatchObject({ failures: 0, openedUntil: undefined });
});

test('a source that is gone stands still', async () => {
  const source: ArraySource = { batches: [[]], outcome: 'gone' };
  const outcome = await all.runItems('gone', source);
  expect(outcome).toMatchObject({ status: 'partial', outcome: 'gone' });
  expect(outcome.warnings.join()).toContain('sources reset gone');
  expect((await readItemStates(database)).get('gone')?.goneAt).toBeTypeOf('number');
  expect(await resetItemState(database, 'gone', 'csv')).toBe(true);
  expect(await readItemState(database, 'gone')).toMatchObject({ checkpoint: undefined, goneAt: undefined });
  expect(await resetItemState(database, 'gone', 'csv')).toBe(false);
});

test.each([
  ['a whole read of one record', 1, true, true],
  ['one new record of a list', 1, false, false],
  ['twenty new records of a list', 20, false, true],
])('%s that cannot be an item', async (_, count, isWhole, isUnusable) => {
  const batches = [records(0, count, { title: '' })];
  const outcome = await all.runItems(`unusable-${count}-${isWhole}`, { batches, isWhole });
  expect(outcome).toMatchObject({ status: 'partial', isUnusable, totals: { rejected: count } });
});

test('a dry run writes nothing', async () => {
  const before = await tablesOf('dry');
  const outcome = await all.runItems('dry', { batches: [records(0, 20)] }, { dryRun: true });
  expect(outcome.totals).toMatchObject({ inserted: 20 });
  expect(await tablesOf('dry')).toEqual(before);
});

test('an item that the database refuses stays in raw_data with the reason', async () => {
  await db.query(
    'CREATE TRIGGER own BEFORE INSERT ON unified_items FOR EACH ROW ' +
      "IF NEW.external_id = '7' AND NEW.source_name = 'refused' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not seven'; END IF",
  );
  const outcome = await all.runItems('refused', { batches: [records(0, 20)] });
  await db.query('DROP TRIGGER own');
  expect(outcome).toMatchObject({ status: 'partial', totals: { inserted: 19, rejected: 1 } });
  expect(await readRawRecord(database, 'refused', '7')).toMatchObject({
    isProcessed: false,
    error: 'not seven',
  });
});

test('records that share an id are reported: a wrong external_id would lose them', async () => {
  const batch = Array.from({ length: 40 }, (_, nth) => ({ id: `office ${nth % 4}`, title: `Agent ${nth}` }));
  const { warnings } = await all.runItems('shared', { batches: [batch], mapping: { amount: undefined } });
  expect(warnings).toContain('36 of 40 records have the id of another one: is external_id the right field?');
});

test('a hash of an earlier version, with the values of variables, is replaced without a question', async () => {
  const source: ArraySource = { batches: [records(0, 20)], readShape: 'with values' };
  await all.runItems('upgraded', source);
  source.readShape = 'with references';
  source.formerReadShape = 'with values';
  source.batches.push(records(20, 40));
  expect(await all.runItems('upgraded', source)).toMatchObject({
    status: 'success',
    totals: { inserted: 20 },
  });
  expect(await readItemState(database, 'upgraded')).toMatchObject({ readShape: 'with references' });
});

test('promise 19: no secret is stored or returned with a warning', async () => {
  const source: ArraySource = { batches: [records(0, 3)], warnings: ['moved to http://a.test/geheim/x'] };
  const { warnings } = await all.runItems(
    'secretive',
    source,
    {},
    { clean: (text) => text.replaceAll('geheim', '[hidden]') },
  );
  expect(warnings).toEqual(['moved to http://a.test/[hidden]/x']);
  expect(await readItemState(database, 'secretive')).toMatchObject({ warnings });
});

test('a run that did not reach the end, or waits for a file, leaves its source unfinished', async () => {
  const source: ArraySource = { batches: [records(0, 3)], outcome: 'waiting' };
  await all.runItems('late', source);
  expect(await readItemState(database, 'late')).toMatchObject({ isUnfinished: true });
  source.outcome = 'read';
  source.minPause = 90_000;
  source.batches.push(records(3, 6));
  await all.runItems('late', source);
  expect(await readItemState(database, 'late')).toMatchObject({ isUnfinished: false, minPause: 90_000 });
  source.isCut = true;
  source.batches.push(records(6, 9));
  expect(await all.runItems('late', source)).toMatchObject({ status: 'success' });
  expect(await readItemState(database, 'late')).toMatchObject({ isUnfinished: true });
});
