import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/pool.ts';
import { closeRun, readNewestRuns, openRun, type RunStatus } from '../../src/record/run-log.ts';
import { migratedDatabase } from '../helpers/template.ts';

const NOON = Date.UTC(2026, 2, 19, 12);

test('returns the newest completed and the newest successful run of each mode', async () => {
  const db = await migratedDatabase();
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  const own = await database.connect();
  const runs: [mode: string, status: RunStatus, hour: number][] = [
    // A server may give the ids in another order.
    ['reconcile', 'partial', 2],
    ['reconcile', 'success', 1],
    ['reconcile', 'failed', 3],
    ['full-load', 'failed', 0],
    ['sync', 'success', 4],
    ...Array.from({ length: 250 }, (_, n): [string, RunStatus, number] => ['sync', 'failed', 5 + n]),
    ['sync', 'skipped', 300],
    ['sync', 'running', 301],
  ];
  for (const [mode, status, hour] of runs) {
    const at = NOON + hour * 3_600_000;
    const id = await openRun(own, { source: 'trestle', mode, host: 'h', pid: 1, version: '1' }, status, at);
    if (status !== 'running') await closeRun(own, id, { status, message: null }, at + 1000);
  }
  const found = await readNewestRuns(own);
  const of = (wanted: string): string[] =>
    found.flatMap(({ mode, status, sync_start }) =>
      mode === wanted ? [`${status} ${sync_start.slice(0, 13)}`] : [],
    );
  expect(of('reconcile')).toEqual(['failed 2026-03-19 15', 'partial 2026-03-19 14']);
  expect(of('full-load')).toEqual(['failed 2026-03-19 12']);
  expect(of('sync')).toEqual(['failed 2026-03-30 02', 'success 2026-03-19 16']);
  expect(found).toHaveLength(5);
  own.release();
  await database.close();
});
