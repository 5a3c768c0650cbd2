import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { configured, start, trestle } from '../helpers/cli.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

async function loaded(): Promise<{ folder: string; db: FreshDatabase }> {
  const [sandbox, db] = [await sandboxFor({ listings: 20 }), await migratedDatabase()];
  const folder = configured(sandbox, db);
  expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0, stderr: '' });
  return { folder, db };
}

test('status --check says in one line that the tables are fresh, with exit code 0', async () => {
  const { folder } = await loaded();
  const ended = await trestle(folder, ['status', '--check', '--max-age', '12h']);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(/^fresh: in step with the feed .* ago; at most 12 h 0 min is allowed\n$/);
});

test('status --check ends with exit code 1 and the reason where they are stale', async () => {
  const { folder, db } = await loaded();
  await db.query(
    "UPDATE etl_watermark SET complete_at = complete_at - INTERVAL 13 HOUR WHERE resource = 'Media'",
  );
  const ended = await trestle(folder, ['status', '--check']);
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toMatch(
    /^trestle-etl: stale: Media was in step with the feed 13 h 0 min ago; the last run \(1, full-load\) started .* UTC and is success; at most 12 h 0 min is allowed — .*\n$/,
  );
  expect(await trestle(folder, ['status', '--check', '--max-age', '14h'])).toMatchObject({ code: 0 });
  const json = await trestle(folder, ['status', '--check', '--json']);
  expect(json.code).toBe(1);
  expect((JSON.parse(json.stdout) as { ageSeconds: number }).ageSeconds).toBeGreaterThan(13 * 3600 - 60);
  expect((await trestle(folder, ['status'])).stdout).toMatch(/in step with the feed: 13 h 0 min ago \(STALE/);
});

test('status --check is stale before the first load, and after one that did not reach the end', async () => {
  const [sandbox, db] = [await sandboxFor({ listings: 20 }), await freshDatabase()];
  const folder = configured(sandbox, db, { PAGE_SIZE: '5' });
  const none = await trestle(folder, ['status', '--check']);
  expect(none.code).toBe(1);
  expect(none.stderr).toMatch(/stale: there are no tables yet/);
  await trestle(folder, ['full-load', '--max-pages', '1']);
  const half = await trestle(folder, ['status', '--check']);
  expect(half.code).toBe(1);
  expect(half.stderr).toMatch(
    /stale: Property, Media was never read completely; the last run \(1, full-load\)/,
  );
});

test('status --watch shows a run that comes, and ends with exit code 0 on Ctrl-C', async () => {
  const { folder } = await loaded();
  const watching = start(folder, ['status', '--watch', '--last', '1', '--json']);
  let shown = '';
  watching.child.stdout!.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  while (!shown.includes('"full-load"')) await sleep(50);
  await trestle(folder, ['sync']);
  while (!shown.includes('"sync"')) await sleep(50);
  watching.child.kill('SIGINT');
  expect(await watching.ended).toMatchObject({ code: 0, stderr: '' });
});

test('each run, also one that fails, replaces METRICS_FILE, readable for all', async () => {
  const [sandbox, db] = [await sandboxFor({ listings: 20 }), await migratedDatabase()];
  const folder = configured(sandbox, db, { METRICS_FILE: 'etl.prom', MAX_RETRIES: '0' });
  const file = join(folder, 'etl.prom');
  await trestle(folder, ['full-load']);
  const label = `database="${db.name}"`;
  expect(readFileSync(file, 'utf8')).toContain(`trestle_etl_rows{${label},resource="Property"} 20\n`);
  expect(statSync(file).mode & 0o777).toBe(0o644);
  sandbox.faults.add({ kind: 'status', status: 503, count: Infinity, resource: 'Property' });
  expect((await trestle(folder, ['sync'])).code).toBe(69);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(`trestle_etl_last_run_success{${label},mode="sync"} 0\n`);
  expect(text).toContain(`trestle_etl_last_run_success{${label},mode="full-load"} 1\n`);
  expect(readdirSync(folder).filter((name) => name.includes('.tmp'))).toEqual([]);
});

test('a METRICS_FILE that can’t be written changes nothing for the run, and is logged', async () => {
  const [sandbox, db] = [await sandboxFor({ listings: 5 }), await migratedDatabase()];
  const folder = configured(sandbox, db, { METRICS_FILE: '/no/such/folder/etl.prom' });
  expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0, stderr: '' });
  const log = readFileSync(join(folder, 'logs/errors.log'), 'utf8');
  expect(log).toMatch(/"err":.*ENOENT.*the metrics could not be written/);
});

test('LOG_FORMAT puts the log on stderr: as lines for people, or as it stands in the file', async () => {
  const [sandbox, db] = [await sandboxFor({ listings: 5 }), await migratedDatabase()];
  const pretty = await trestle(configured(sandbox, db, { LOG_FORMAT: 'pretty' }), ['full-load']);
  expect(pretty).toMatchObject({ code: 0, stdout: '' });
  expect(pretty.stderr).toMatch(/^\d\d:\d\d:\d\d info {2}\[1\] run started source=trestle mode=full-load /m);
  const folder = configured(sandbox, db, { LOG_FORMAT: 'json' });
  const json = await trestle(folder, ['sync']);
  expect(json.stderr).toBe(readFileSync(join(folder, 'logs/etl_main.log'), 'utf8'));
});
