import { expect, test } from 'vitest';
import { DAY_MS, toSqlDateTime } from '../../../src/lib/time.ts';
import { type ArraySource, itemsPipeline } from '../../helpers/items.ts';

const daysAgo = (days: number): string => toSqlDateTime(Date.now() - days * DAY_MS);

test('items that were deleted long ago are purged with their raw records, and so are old records without an id', async () => {
  const all = await itemsPipeline();
  const { db } = all;
  const records = Array.from({ length: 40 }, (_, nth) => ({ id: `r${nth}`, title: `Item ${nth}` }));
  const source: ArraySource = { deletes: 'absent', batches: [[...records, { title: 'without an id' }]] };
  await all.runItems('permits', source);
  await all.runItems('others', source);
  await db.query(
    "UPDATE unified_items SET deleted_at = ?, updated_at = ? WHERE external_id IN ('r1', 'r2')",
    [daysAgo(401), daysAgo(401)],
  );
  await db.query("UPDATE unified_items SET deleted_at = ? WHERE external_id = 'r3'", [daysAgo(399)]);
  await db.query("UPDATE raw_data SET ingested_at = ? WHERE external_id LIKE 'no-id:%'", [daysAgo(401)]);
  await db.query('UPDATE etl_sync_log SET sync_start = sync_start - INTERVAL 1 DAY');
  await all.runItems('permits', { ...source, batches: [], outcome: 'unchanged' });
  const count = async (table: string, condition: string): Promise<number> => {
    const [row] = await db.query<{ n: string }>(`SELECT COUNT(*) AS n FROM ${table} WHERE ${condition}`);
    return Number(row!.n);
  };
  expect(await count('unified_items', "source_name = 'permits'")).toBe(38);
  expect(await count('raw_data', "source_name = 'permits'")).toBe(38);
  expect(await count('unified_items', "source_name = 'others'")).toBe(40);
  expect(await count('raw_data', "source_name = 'others'")).toBe(41);
  const purges = await db.query<{ dataset: string; at: string }>(
    'SELECT dataset, purged_to AS at FROM etl_purge',
  );
  expect(purges.map(({ dataset }) => dataset)).toEqual(['unified_items']);
  expect(purges[0]!.at > daysAgo(402) && purges[0]!.at < daysAgo(400)).toBe(true);
});
