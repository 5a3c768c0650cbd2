import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { configured, start, trestle } from '../helpers/cli.ts';
import { freshDatabase } from '../helpers/database.ts';
import { expectParity } from '../helpers/parity.ts';
import { sandboxFor } from '../helpers/pipeline.ts';

test('promise 1: a full-load that is killed 20 times ends with the same rows, and never begins again', async () => {
  // Slow enough that no machine gets through before the last kill: 120 answers take longer than 20 short lives.
  const sandbox = await sandboxFor({ listings: 3000, latencyMs: 120 });
  const db = await freshDatabase();
  const folder = configured(sandbox, db, { PAGE_SIZE: '100' });
  let kills = 0;
  let end = await kill(folder, 900);
  while (end === 'killed' && kills < 20) {
    kills += 1;
    // Deterministic, and spread over start-up, fetching, committing and everything between.
    end = await kill(folder, 250 + ((kills * 137) % 700));
  }
  expect(kills).toBe(20);
  const first = await trestle(folder, ['full-load']);
  if (first.code === 75) letPass(folder);
  const last = first.code === 75 ? await trestle(folder, ['full-load']) : first;
  expect(last).toMatchObject({ code: 0, stdout: '', stderr: '' });

  expect(await expectParity(sandbox, db, property)).toBe(3000);
  expect(await expectParity(sandbox, db, media)).toBe(9000);
  const beginnings = (resource: string) =>
    sandbox.requests.filter(
      (request) => request.resource === resource && request.kind === 'data' && !('$filter' in request.query),
    ).length;
  // Only runs that were killed before their first commit ask for the beginning again.
  const [before] = await db.query<{ n: string }>(
    "SELECT COUNT(*) AS n FROM etl_sync_log WHERE status = 'failed' AND pages = 0",
  );
  expect(beginnings('Property')).toBeLessThanOrEqual(Number(before!.n) + 1);
  const asked = sandbox.requests.filter((request) => request.resource === 'Property').length;
  // 30 pages and an empty one; each kill can cost the page in hand and the one fetched meanwhile.
  expect(asked).toBeLessThanOrEqual(31 + 2 * 21);

  const runs = await db.query<Record<string, string>>(
    "SELECT * FROM etl_sync_log WHERE status <> 'skipped' ORDER BY id",
  );
  expect(runs.at(-1)).toMatchObject({ status: 'success' });
  for (const run of runs.slice(0, -1)) {
    expect(run).toMatchObject({
      status: 'failed',
      error_message: expect.stringContaining('vanished') as string,
    });
  }
  const sum = (column: string) => runs.reduce((total, run) => total + Number(run[column]), 0);
  expect(sum('records_inserted')).toBe(12_000);
  expect(sum('records_processed')).toBe(
    ['inserted', 'updated', 'unchanged', 'rejected', 'older'].reduce(
      (total, part) => total + sum(`records_${part}`),
      0,
    ),
  );
});

async function kill(folder: string, ms: number): Promise<'killed' | 'done'> {
  const { child, ended } = start(folder, ['full-load']);
  const winner = await Promise.race([ended, wait(ms)]);
  if (winner === undefined) child.kill('SIGKILL');
  const { signal, code, stderr } = await ended;
  if (signal === 'SIGKILL') return 'killed';
  if (code === 75) {
    letPass(folder);
    return kill(folder, ms);
  }
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return 'done';
}

/** The last one was killed after it had made the lock and before it had signed it: such a lock counts for a minute. */
function letPass(folder: string): void {
  const past = new Date(Date.now() - 61_000);
  utimesSync(join(folder, 'state/run.lock'), past, past);
}
