import { expect, test } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { reprocess } from '../../../src/run/items/reprocess.ts';
import { resetSource } from '../../../src/run/items/reset-source.ts';
import { type ArraySource, itemsPipeline } from '../../helpers/items.ts';

const all = await itemsPipeline();
const { db } = all;

const records = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => ({
    id: String(from + n),
    title: `Item ${from + n}`,
    amount: '1',
  }));

async function countLive(name: string): Promise<Record<string, string | null>[]> {
  return db.query(
    'SELECT source_type, COUNT(*) AS n FROM v_items WHERE source_name = ? GROUP BY source_type ORDER BY source_type',
    [name],
  );
}

test('items of two types are never shown under one name: every run refuses until a reset', async () => {
  const source: ArraySource = { type: 'api', batches: [records(0, 30)] };
  await all.runItems('typed', source);
  source.type = 'csv';
  source.readShape = 'read 2';
  source.batches = [records(20, 50)];
  for (const mode of ['sync', 'full-load'] as const) {
    const refused = all.runItems('typed', source, { mode });
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toMatchObject({
      hint: expect.stringContaining('trestle-etl sources reset typed'),
    });
  }
  await expect(reprocess(all.toolsOf('typed', source), false)).rejects.toThrow(ConfigError);
  expect(await countLive('typed')).toEqual([{ source_type: 'api', n: '30' }]);

  expect(await resetSource(all.toolsOf('typed', source))).toEqual({ hadState: true, deleted: 30 });
  expect(await countLive('typed')).toEqual([]);
  expect(await db.query("SELECT 1 FROM raw_data WHERE source_name = 'typed'")).toEqual([]);
  const journal = await db.query(
    "SELECT records_deleted AS n FROM etl_sync_log WHERE source = 'typed' AND mode = 'repair'",
  );
  expect(journal).toEqual([{ n: '30' }]);

  await all.runItems('typed', source);
  expect(await countLive('typed')).toEqual([{ source_type: 'csv', n: '30' }]);
  expect(await resetSource(all.toolsOf('typed', source))).toEqual({ hadState: true, deleted: 0 });
  expect(await countLive('typed')).toEqual([{ source_type: 'csv', n: '30' }]);
});

test('items of another type are found also without a checkpoint, and records that never became items too', async () => {
  const source: ArraySource = { type: 'api', batches: [records(0, 5)] };
  await all.runItems('rowless', source);
  await db.query("DELETE FROM etl_checkpoints WHERE source_name = 'rowless'");
  source.type = 'rss';
  await expect(all.runItems('rowless', source)).rejects.toThrow(ConfigError);

  const empty: ArraySource = {
    type: 'api',
    batches: [records(0, 5).map((each) => ({ ...each, title: null }))],
  };
  await all.runItems('unmapped', empty);
  empty.type = 'rss';
  empty.mapping = { title: 'id' };
  await expect(all.runItems('unmapped', empty)).rejects.toThrow(ConfigError);
  expect(await resetSource(all.toolsOf('unmapped', empty))).toEqual({ hadState: true, deleted: 0 });
  expect(await db.query("SELECT 1 FROM raw_data WHERE source_name = 'unmapped'")).toEqual([]);
});
