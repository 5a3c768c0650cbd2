import { beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../../helpers/database.ts';
import { served } from '../../../helpers/serve.ts';
import { migratedDatabase } from '../../../helpers/template.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await migratedDatabase();
  await db.query(
    'INSERT INTO etl_sync_log (source, mode, status, sync_start, sync_end, host, pid, version, updated_at) VALUES ' +
      "('trestle', 'reconcile', 'success', NOW(3) - INTERVAL 2 DAY, NOW(3) - INTERVAL 2 DAY, 'h', 1, '1', NOW(3))",
  );
  for (let nth = 0; nth < 70; nth += 1) {
    await db.query(
      'INSERT INTO etl_sync_log (source, mode, status, sync_start, sync_end, host, pid, version, updated_at) VALUES ' +
        "('trestle', 'sync', 'success', NOW(3), NOW(3), 'h', 1, '1', NOW(3))",
    );
  }
});

test('it is the text of METRICS_FILE, with the last run of each mode, however long ago', async () => {
  const { get } = await served(db);
  const { status, headers, text } = await get('/metrics');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(text).toMatch(/^# HELP trestle_etl_last_run_id /);
  expect(text).toContain('mode="sync"');
  expect(text).toContain('mode="reconcile"');
  for (const line of text.trimEnd().split('\n')) {
    expect(line).toMatch(/^(?:# (?:HELP|TYPE) trestle_etl_\w+ .+|trestle_etl_\w+\{[^{}]*\} -?[\d.e+]+)$/);
  }
});
