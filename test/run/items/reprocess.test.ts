import { expect, test } from 'vitest';
import { readItemState } from '../../../src/record/item-checkpoint.ts';
import { readLeftovers } from '../../../src/record/item-leftovers.ts';
import { listRawRecords, listUnprocessed } from '../../../src/record/item-raw.ts';
import { reprocess } from '../../../src/run/items/reprocess.ts';
import type { RawRecord } from '../../../src/sources/items.ts';
import { type ArraySource, itemsPipeline } from '../../helpers/items.ts';

const all = await itemsPipeline();
const { db, database } = all;

function records(from: number, to: number, more: RawRecord = {}) {
  return Array.from({ length: to - from }, (_, nth) => ({
    id: String(from + nth),
    code: `t${from + nth}`,
    title: `Item ${from + nth}`,
    amount: '1',
    ...more,
  }));
}

async function liveKeys(name: string): Promise<string[]> {
  const rows = await db.query(
    'SELECT external_id FROM unified_items WHERE source_name = ? AND deleted_at IS NULL ORDER BY id',
    [name],
  );
  return rows.map((row) => String(row['external_id']));
}

test('each record is mapped once if no id changes, and twice from the first changed one on', async () => {
  const source: ArraySource = { batches: [records(0, 2500)] };
  await all.runItems('once', source);
  let mapped = 0;
  source.mapped = () => void (mapped += 1);
  source.mapping = { title: '{title}!' };
  expect(await reprocess(all.toolsOf('once', source), false)).toMatchObject({ totals: { updated: 2500 } });
  expect(mapped).toBe(2500);
  source.mapping = { external_id: 'code' };
  expect(await reprocess(all.toolsOf('once', source), false)).toMatchObject({
    status: 'success',
    displaced: 0,
  });
  expect((await liveKeys('once')).every((key) => key.startsWith('t'))).toBe(true);
  expect(await liveKeys('once')).toHaveLength(2500);
});

test('records that are mapped before the first changed id are counted once, and ids on their way are found', async () => {
  const batch = [
    ...records(0, 1500, { late: null }),
    { id: 'zz', code: 'zz', title: 'Last', amount: '1', late: 'a' },
  ];
  const source: ArraySource = { batches: [batch], mapping: { external_id: 'code' } };
  await all.runItems('late', source);
  source.mapping = { external_id: 'late || code' };
  expect(await reprocess(all.toolsOf('late', source), false)).toMatchObject({
    status: 'success',
    totals: { processed: 1501, updated: 1501 },
  });
  expect((await liveKeys('late')).filter((key) => !key.startsWith('t'))).toEqual(['a']);
});

test('a reprocess that was killed between two ids is completed by the next run of the source', async () => {
  const source: ArraySource = { batches: [records(0, 30)] };
  await all.runItems('killed', source);
  for (const table of ['raw_data', 'unified_items'])
    await db.query(
      `UPDATE ${table} SET external_id = CONCAT('rekey:', LEFT(SHA2(external_id, 256), 32)) WHERE source_name = 'killed' AND external_id < '2'`,
    );
  expect(await readLeftovers(database, 'killed', 'csv')).toMatchObject({ hasInterruptedRekey: true });
  source.mapping = { external_id: 'code' };
  source.mapShape = 'map 2';
  source.batches = [];
  await all.runItems('killed', source);
  expect((await liveKeys('killed')).toSorted()).toEqual(
    records(0, 30)
      .map(({ code }) => code)
      .toSorted(),
  );
  expect(await readLeftovers(database, 'killed', 'csv')).toMatchObject({ hasInterruptedRekey: false });
  expect(await readItemState(database, 'killed')).toMatchObject({ mapShape: 'map 2' });
});

test('a record whose id another one has does not start a reprocess', async () => {
  const source: ArraySource = { batches: [records(0, 20, { kind: 'k' })] };
  await all.runItems('merged', source);
  source.mapping = { external_id: 'kind' };
  expect(await reprocess(all.toolsOf('merged', source), false)).toMatchObject({ displaced: 19 });
  expect(await readLeftovers(database, 'merged', 'csv')).toMatchObject({ hasInterruptedRekey: false });
});

test('fault 3: an item that was made of a stored record, and that a whole read does not have, is deleted at once', async () => {
  const bad = [
    { id: 'gone', title: null, amount: '1', name: 'A name' },
    { id: 'kept', title: null, amount: '1', name: 'A name' },
  ];
  const source: ArraySource = { batches: [[...records(0, 30), ...bad]], deletes: 'absent' };
  await all.runItems('remade', source);
  source.mapping = { title: 'title || name' };
  source.batches = [[...records(0, 30), bad[1]!]];
  const outcome = await all.runItems('remade', source, { mode: 'full-load' });
  expect(outcome).toMatchObject({ totals: { deleted: 1 } });
  expect(await liveKeys('remade')).toHaveLength(31);
  expect(await liveKeys('remade')).not.toContain('gone');
});

test('a full-load that every item was a part of ends the notice of another mapping', async () => {
  const source: ArraySource = { batches: [records(0, 30)] };
  await all.runItems('anew', source);
  source.mapping = { title: '{title}!' };
  source.mapShape = 'map 2';
  source.batches = [records(0, 29)];
  const some = await all.runItems('anew', source, { mode: 'full-load' });
  expect(some.warnings.join()).toContain('trestle-etl reprocess anew');
  source.batches = [records(0, 30)];
  expect(await all.runItems('anew', source, { mode: 'full-load' })).toMatchObject({ warnings: [] });
  expect(await readItemState(database, 'anew')).toMatchObject({ mapShape: 'map 2', warnings: [] });
});

test('a reprocess forgets the warnings of the last run', async () => {
  const source: ArraySource = { batches: [records(0, 30)], mapping: { amount: 'price' } };
  await all.runItems('warned', source);
  expect((await readItemState(database, 'warned'))!.warnings).toHaveLength(1);
  source.mapping = {};
  await reprocess(all.toolsOf('warned', source), false);
  expect((await readItemState(database, 'warned'))!.warnings).toEqual([]);
});

test('stored records are read by number and by bytes, and one at least', async () => {
  const source: ArraySource = { batches: [records(0, 5, { title: null, text: 'x'.repeat(1000) })] };
  await all.runItems('bytes', source);
  const lengthOf = async (maxBytes: number, limit = 10): Promise<number> =>
    (await listRawRecords(database, 'bytes', limit, '', maxBytes)).length;
  expect([await lengthOf(2500), await lengthOf(1), await lengthOf(1e6), await lengthOf(1e6, 3)]).toEqual([
    2, 1, 5, 3,
  ]);
  expect(await listUnprocessed(database, 'bytes', 10, '3', 1500)).toHaveLength(1);
  expect(await listUnprocessed(database, 'bytes', 10, '4', 1500)).toEqual([]);
});
