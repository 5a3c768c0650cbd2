import { beforeAll, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../helpers/database.ts';
import { served } from '../../../helpers/serve.ts';
import { migratedDatabase } from '../../../helpers/template.ts';

let db: FreshDatabase;

const NOW = Date.now();

function at(minutesAgo: number): string {
  return new Date(NOW - minutesAgo * 60_000).toISOString().replace('T', ' ').replace('Z', '');
}

async function addRun(source: string, status: string, minutesAgo: number, more: object = {}): Promise<void> {
  const row = {
    source,
    mode: 'sync',
    status,
    host: 'a-host',
    pid: 1,
    version: '1',
    updated_at: at(minutesAgo),
    sync_start: at(minutesAgo),
    sync_end: status === 'running' ? null : at(minutesAgo - 1),
    ...more,
  };
  const names = Object.keys(row);
  await db.query(
    `INSERT INTO etl_sync_log (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    Object.values(row),
  );
}

beforeAll(async () => {
  db = await migratedDatabase();
  await addRun('news', 'success', 60 * 24 * 31);
  await addRun('news', 'success', 50, {
    records_processed: 9,
    records_inserted: 5,
    watermark_before: null,
    watermark_after: 'b',
    pages: 2,
  });
  await addRun('news', 'failed', 40, { error_message: '/srv/secret/path: cannot reach db.internal' });
  await addRun('news', 'partial', 30);
  await addRun('news', 'partial', 20, {
    error_message: 'stopped',
    records_processed: 1,
    watermark_before: 'b',
    watermark_after: 'c',
  });
  await addRun('news', 'skipped', 10);
  await addRun('rates', 'success', 15, { records_processed: 2, records_deleted: 1, api_calls_made: 3 });
  await addRun('rates', 'running', 5);
});

test('each source has its runs of thirty days, and the last one with its checkpoints', async () => {
  const { get } = await served(db);
  const { data } = (await get('/stats')).json() as unknown as { data: Record<string, unknown> };
  expect(data['sources']).toMatchObject([
    {
      source: 'news',
      runs: 4,
      succeeded: 1,
      partial: 2,
      failed: 1,
      // One was stopped, one failed.
      success_rate: 0.5,
      records: { processed: 10, inserted: 5 },
      last_run: { status: 'partial', checkpoint_before: 'b', checkpoint_after: 'c', duration_seconds: 60 },
    },
    {
      source: 'rates',
      runs: 1,
      success_rate: 1,
      records: { processed: 2, deleted: 1 },
      api_calls: 3,
      last_run: { status: 'running', ended_at: null, duration_seconds: null },
    },
  ]);
  expect(data['totals']).toMatchObject({ runs: 5, success_rate: 0.6, records: { processed: 12 } });
});

test('limit is the number of recent runs', async () => {
  const { get } = await served(db);
  const { data } = (await get('/stats?limit=2')).json() as unknown as { data: { recent_runs: object[] } };
  expect(data.recent_runs).toMatchObject([
    { source: 'rates', status: 'running' },
    { source: 'news', status: 'skipped' },
  ]);
  for (const limit of ['0', '1001', 'x']) expect((await get(`/stats?limit=${limit}`)).status).toBe(400);
});

test('messages of failed runs stay in the log', async () => {
  const { get } = await served(db);
  const { text } = await get('/stats');
  for (const internal of ['secret', 'db.internal', 'a-host']) expect(text).not.toContain(internal);
});

test('before the first run there are no sources, and no rate', async () => {
  const empty = await freshDatabase();
  const { get } = await served(empty);
  const { data } = (await get('/stats')).json() as unknown as { data: object };
  expect(data).toMatchObject({ totals: { runs: 0, success_rate: null }, sources: [], recent_runs: [] });
  expect((await get('/metrics')).status).toBe(200);
  expect((await get('/health')).status).toBe(200);
  expect((await get('/data')).json()).toMatchObject({ error: { code: 'not_loaded' } });
});
