import { expect, test } from 'vitest';
import { readRawRecord } from '../../../src/record/item-raw.ts';
import type { Recall } from '../../../src/lib/recall.ts';
import type { RawRecord } from '../../../src/sources/items.ts';
import { itemsPipeline } from '../../helpers/items.ts';

const all = await itemsPipeline();
const { db, database } = all;

/** More than a commit must have to be tried without comparing. */
const MANY = 600;

function records(from: number, more: RawRecord = {}): RawRecord[] {
  return Array.from({ length: MANY }, (_, nth) => ({
    id: String(from + nth),
    title: `Item ${from + nth}: it's "odd", \u00E9 \u{1F600}`,
    amount: '1.50',
    note: 'a\tb\nc\\d \\N',
    ...more,
  }));
}

async function countRows(name: string): Promise<readonly number[]> {
  const [row] = await db.query(
    'SELECT (SELECT COUNT(*) FROM raw_data WHERE source_name = ?) AS raw_rows, ' +
      '(SELECT COUNT(*) FROM unified_items WHERE source_name = ? AND deleted_at IS NULL) AS items',
    [name, name],
  );
  return [Number(row?.['raw_rows']), Number(row?.['items'])];
}

/** As a server without LOAD DATA LOCAL. */
const insertOnly: Recall = (name, find) =>
  name === 'server traits'
    ? Promise.resolve({ method: 'insert' } as Awaited<ReturnType<typeof find>>)
    : find();

test.each([
  ['by LOAD DATA, if the server has it', {}],
  ['by INSERT', { recall: insertOnly }],
])('a first load stores every record and its item %s', async (how, tools) => {
  const name = how.startsWith('by INSERT') ? 'inserted' : 'loaded';
  const batches = [records(0), [...records(MANY), { id: 'untitled', title: '' }]];
  const outcome = await all.runItems(name, { batches }, {}, tools);
  expect(outcome.totals).toMatchObject({ inserted: 2 * MANY, updated: 0, unchanged: 0, rejected: 1 });
  expect(await countRows(name)).toEqual([2 * MANY + 1, 2 * MANY]);
  const record = batches[0]![7]!;
  expect(await readRawRecord(database, name, '7')).toMatchObject({
    payload: JSON.stringify(record),
    isProcessed: true,
    attempts: 1,
    error: null,
    run: outcome.run,
  });
  expect(await readRawRecord(database, name, 'untitled')).toMatchObject({
    isProcessed: false,
    error: 'title is empty',
  });
  const [item] = await db.query(
    "SELECT title, amount, metadata, IF(first_seen_at = updated_at, 'yes', 'no') AS same FROM unified_items WHERE source_name = ? AND external_id = '7'",
    [name],
  );
  expect(item).toMatchObject({ title: record['title'], amount: '1.500000', same: 'yes' });
  expect(JSON.parse(String(item?.['metadata']))).toEqual({ note: record['note'] });
  const again = await all.runItems(name, { batches }, { mode: 'full-load' }, tools);
  expect(again.totals).toMatchObject({ inserted: 0, updated: 0, unchanged: 2 * MANY, rejected: 1 });
});

test('a first load counts records that come again in a later batch as changed or unchanged', async () => {
  const [changed, same] = [records(0, { amount: '2.50' }).slice(0, 10), records(0).slice(10, 20)];
  const batches = [records(0), [...changed, ...same, ...records(MANY)], records(2 * MANY)];
  const { totals } = await all.runItems('again', { batches });
  expect(totals).toMatchObject({ inserted: 3 * MANY, updated: 10, unchanged: 10, rejected: 0 });
  expect(await countRows('again')).toEqual([3 * MANY, 3 * MANY]);
  expect(await readRawRecord(database, 'again', '3')).toMatchObject({ attempts: 2 });
});

test('a first load whose item the database refuses stores the other ones', async () => {
  await db.query(
    'CREATE TRIGGER own_first BEFORE INSERT ON unified_items FOR EACH ROW ' +
      "IF NEW.external_id = '7' AND NEW.source_name = 'refusing' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not seven'; END IF",
  );
  const { totals } = await all.runItems('refusing', { batches: [records(0)] });
  await db.query('DROP TRIGGER own_first');
  expect(totals).toMatchObject({ inserted: MANY - 1, rejected: 1 });
  expect(await countRows('refusing')).toEqual([MANY, MANY - 1]);
  expect(await readRawRecord(database, 'refusing', '7')).toMatchObject({
    isProcessed: false,
    error: 'not seven',
  });
});

test('what a first load stored counts as seen: a whole read deletes only what is absent', async () => {
  const source = { batches: [records(0), records(MANY)], deletes: 'absent' as const };
  expect((await all.runItems('whole', source)).totals).toMatchObject({ inserted: 2 * MANY, deleted: 0 });
  const fewer = { ...source, batches: [records(0), records(MANY).slice(1)] };
  const { totals } = await all.runItems('whole', fewer, { mode: 'full-load' });
  expect(totals).toMatchObject({ deleted: 1, unchanged: 2 * MANY - 1 });
});
