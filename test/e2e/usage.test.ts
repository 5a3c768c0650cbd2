import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Usage } from '../../src/commands/usage/read.ts';
import type { Sandbox, SeenRequest } from '../../src/sandbox/trestle/index.ts';
import { configured, start, trestle } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

type Table = Record<string, { calls: number; failed: number }>;

/** What the sandbox was asked, by resource and kind; its own idea of a census: keys, a number or the schema alone. */
function served(requests: readonly SeenRequest[]): Table {
  const table: Table = {};
  for (const { kind, resource = '', query, status } of requests) {
    const isCensus = kind === 'metadata' || '$select' in query || query['$top'] === '0';
    const name = kind === 'token' ? ' token' : `${resource} ${isCensus ? 'census' : 'data'}`;
    const { calls, failed } = table[name] ?? { calls: 0, failed: 0 };
    table[name] = { calls: calls + 1, failed: failed + (status === 200 ? 0 : 1) };
  }
  return table;
}

async function recorded(db: FreshDatabase): Promise<Table> {
  const rows = await db.query<{ resource: string; kind: string; calls: string; failed: string }>(
    'SELECT resource, kind, SUM(calls) AS calls, SUM(failed) AS failed FROM etl_api_usage GROUP BY resource, kind',
  );
  return Object.fromEntries(
    rows.map((row) => [
      `${row.resource} ${row.kind}`,
      { calls: Number(row.calls), failed: Number(row.failed) },
    ]),
  );
}

function callsAlone(table: Table): object {
  return Object.fromEntries(Object.entries(table).map(([name, each]) => [name, each.calls]));
}

const usageFiles = (folder: string): string[] =>
  readdirSync(join(folder, 'state')).filter((name) => name.startsWith('usage-'));

async function usage(folder: string, ...args: string[]): Promise<Usage> {
  const ended = await trestle(folder, ['usage', '--json', ...args]);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ended.stdout) as Usage;
}

/** Kills the tool while the sandbox has this data request of its own in hand. */
function killAt(sandbox: Sandbox, nth: number, folder: string, args: readonly string[]) {
  const { child, ended } = start(folder, args);
  let data = 0;
  sandbox.onRequest = async () => {
    data += 1;
    if (data !== nth) return;
    child.kill('SIGKILL');
    await ended;
  };
  return ended.finally(() => {
    sandbox.onRequest = undefined;
  });
}

test('promise 14: every call of every command is recorded, and usage shows what the feed has served', async () => {
  const sandbox = await sandboxFor({ listings: 450 });
  const db = await migratedDatabase();
  const folder = configured(sandbox, db, {
    PAGE_SIZE: '100',
    MEDIA_STRATEGY: 'resource',
    COST_PER_1000_CALLS: '5',
    MONTHLY_FEE: '20',
  });
  expect((await trestle(folder, ['usage'])).stdout).toMatch(/^no calls since \d{4}-\d\d-\d\d\n$/);

  sandbox.faults.add({ kind: 'status', status: 503, skip: 2, retryAfter: '0' });
  await trestle(folder, ['full-load']);
  const [gone] = sandbox.feed.removeListings(4);
  sandbox.feed.changeListings(20);
  sandbox.feed.changePhotos(3);
  for (const args of [['sync'], ['reconcile'], ['verify'], ['why', gone!], ['plan'], ['plan', 'reconcile']]) {
    expect(await trestle(folder, args)).toMatchObject({ code: 0, stderr: '' });
  }
  const asked = served(sandbox.requests);
  expect(Object.keys(asked).sort()).toEqual([
    ' token',
    '$metadata census',
    'Media census',
    'Media data',
    'Property census',
    'Property data',
  ]);
  expect(asked['Property data']!.failed + asked['Media data']!.failed).toBe(1);
  expect(await recorded(db)).toEqual(asked);
  expect(usageFiles(folder)).toEqual([]);

  // What each run says of itself is what is recorded for it.
  const runs = await db.query<{ id: string; calls: string }>(
    'SELECT l.id, l.api_calls_made AS calls FROM etl_sync_log l ORDER BY id DESC',
  );
  const byRun = await usage(folder, '--by', 'run');
  expect(byRun.rows.map(({ run, calls }) => [run, calls]).slice(0, -1)).toEqual(
    runs.map((run) => [Number(run.id), Number(run.calls)]),
  );
  const data = sandbox.requests.filter((request) => request.kind !== 'token').length;
  expect(byRun.totals).toMatchObject({ calls: data, failed: 1, cost: data * 0.005 });
  expect(byRun).toMatchObject({ signIns: 1, files: 0, quota: { hourLimit: 1_000_000 } });
  expect(byRun.month).toMatchObject({ calls: data, fee: 20 });
  expect(byRun.rows.at(-1)).toMatchObject({ run: 0, mode: null });

  const csv = (await trestle(folder, ['usage', '--by', 'resource', '--csv'])).stdout;
  expect(csv).toMatch(/^resource,kind,calls,failed,bytes,ms,cost\n\$metadata,census,1,0,.*\nMedia,census,/);
  expect(csv).toContain(`\nProperty,data,${asked['Property data']!.calls},`);
  expect((await trestle(folder, ['usage'])).stdout).toMatch(/^day .*\n\d{4}-\d\d-\d\d +\d+ .*█/);
  expect((await trestle(folder, ['usage', '--csv', '--json'])).code).toBe(2);
});

test('promise 14: kill -9 loses no call: the next run takes in what the dead one counted', async () => {
  const sandbox = await sandboxFor({ listings: 450 });
  const db = await migratedDatabase();
  const folder = configured(sandbox, db, { PAGE_SIZE: '50' });
  for (const nth of [1, 3, 8]) {
    await killAt(sandbox, nth, folder, ['full-load']);
    // The request in hand is counted by then, whatever became of it.
    expect(usageFiles(folder)).toHaveLength(1);
  }
  // Pages were committed before the last kill, and what was called for them with them.
  const [row] = await db.query<{ n: string }>(
    'SELECT SUM(calls) AS n FROM etl_api_usage WHERE run_id = (SELECT MAX(id) FROM etl_sync_log)',
  );
  expect(Number(row!.n)).toBeGreaterThanOrEqual(6);
  await trestle(folder, ['full-load']);
  expect(usageFiles(folder)).toEqual([]);
  const all = await recorded(db);
  const asked = served(sandbox.requests);
  expect(callsAlone(all)).toEqual(callsAlone(asked));
  const processes = await db.query('SELECT DISTINCT process FROM etl_api_usage');
  expect(processes).toHaveLength(4);
});

test('a dry run writes nothing to the database; the next run records what it called', async () => {
  const sandbox = await sandboxFor({ listings: 150 });
  const db = await migratedDatabase();
  const folder = configured(sandbox, db, { PAGE_SIZE: '50' });
  await trestle(folder, ['migrate']);
  expect((await trestle(folder, ['sync', '--dry-run'])).code).toBe(0);
  expect(await recorded(db)).toEqual({});
  expect(usageFiles(folder)).toHaveLength(1);
  await trestle(folder, ['sync']);
  expect(await recorded(db)).toEqual(served(sandbox.requests));
});

test('a command by a database user who may only read works, and its calls are not lost', async () => {
  const sandbox = await sandboxFor({ listings: 150 });
  const db = await migratedDatabase();
  const folder = configured(sandbox, db);
  await trestle(folder, ['sync']);
  const reader = `${db.user}_r`.slice(0, 32);
  await db.query(`CREATE USER '${reader}'@'%' IDENTIFIED BY 'reads'`);
  try {
    await db.query(`GRANT SELECT ON \`${db.name.replaceAll('_', '\\_')}\`.* TO '${reader}'@'%'`);
    const env = { MYSQL_USER: reader, MYSQL_PASSWORD: 'reads' };
    expect(await trestle(folder, ['verify'], env)).toMatchObject({ code: 0, stderr: '' });
    expect(await recorded(db)).not.toEqual(served(sandbox.requests));
    await trestle(folder, ['sync']);
    expect(await recorded(db)).toEqual(served(sandbox.requests));
  } finally {
    await db.query(`DROP USER '${reader}'@'%'`);
  }
});
