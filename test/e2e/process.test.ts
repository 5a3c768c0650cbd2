import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, start, trestle, trestleProcess } from '../helpers/cli.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { expectParity } from '../helpers/parity.ts';
import { sandboxFor, temporaryFolder } from '../helpers/pipeline.ts';
import { WAIT_MS } from '../helpers/patience.ts';
import { migratedDatabase } from '../helpers/template.ts';

let sandbox: Sandbox;
let db: FreshDatabase;

beforeAll(async () => {
  sandbox = await sandboxFor({ listings: 150 });
  db = await freshDatabase();
});

afterEach(() => sandbox.faults.clear());

describe('promise 18: what cannot work says so in one line, with its exit code, and writes nothing', () => {
  const cases: [
    name: string,
    more: Record<string, string | undefined>,
    args: string[],
    code: number,
    says: RegExp,
  ][] = [
    [
      'a wrong secret',
      { TRESTLE_CLIENT_SECRET: 'wrong-secret' },
      ['sync'],
      77,
      /refused the credentials.*TRESTLE_CLIENT_SECRET/,
    ],
    [
      'an API that is not there',
      { TRESTLE_API_BASE_URL: 'http://127.0.0.1:9/trestle/odata', MAX_RETRIES: '1' },
      ['sync'],
      69,
      /ECONNREFUSED.*TRESTLE_API_BASE_URL/,
    ],
    [
      'an API that is somewhere else',
      { TRESTLE_API_BASE_URL: 'http://localhost:9/odata', MAX_RETRIES: '0' },
      ['full-load'],
      69,
      /ECONNREFUSED/,
    ],
    [
      'a MySQL that is not there',
      { MYSQL_HOST: '127.0.0.1', MYSQL_PORT: '9', MYSQL_SOCKET: undefined },
      ['sync'],
      69,
      /database cannot be reached.*MYSQL_HOST/,
    ],
    [
      'a database that does not exist',
      { MYSQL_DATABASE: 'no_such_database' },
      ['sync'],
      78,
      /no_such_database.*MYSQL_DATABASE/,
    ],
    [
      'a MySQL user that does not exist',
      { MYSQL_USER: 'nobody_here', MYSQL_PASSWORD: 'hush-hush' },
      ['sync'],
      77,
      /refused the sign-in.*MYSQL_USER/,
    ],
    [
      'a secret that would travel in clear',
      { TRESTLE_API_BASE_URL: 'http://192.0.2.1/trestle/odata' },
      ['sync'],
      78,
      /https:/,
    ],
    ['a .env that is a folder', {}, ['sync', '--env-file', '/'], 78, /cannot be read/],
    ['a --since in the future', {}, ['sync', '--since', '2999-01-01'], 2, /future/],
    ['an unknown command', {}, ['frobnicate'], 2, /unknown command 'frobnicate'/],
    ['an unknown option', {}, ['sync', '--fast'], 2, /unknown option '--fast'/],
    ['a resource that is not configured', {}, ['sync', '--resources', 'Office'], 2, /Office/],
    ['a --since that is no time', {}, ['sync', '--since', 'yesterday'], 2, /yesterday/],
    ['an --env-file that is not there', {}, ['sync', '--env-file', 'nowhere.env'], 78, /nowhere\.env/],
    [
      'a broken configuration',
      { PAGE_SIZE: '5000', SYNC_OVERLAP: 'soon', TRESTLE_CLIENT_ID: undefined },
      ['sync'],
      78,
      /3 problem.*TRESTLE_CLIENT_ID must be set.*PAGE_SIZE is "5000".*SYNC_OVERLAP is "soon"/,
    ],
    [
      'a filter that the API refuses',
      { PROPERTY_FILTER: "NoSuchField eq 'x'" },
      ['sync'],
      78,
      /not in metadata.*PROPERTY_FILTER/,
    ],
  ];
  test.each(cases)('%s', async (_, more, args, code, says) => {
    const empty = await freshDatabase();
    const ended = await trestleProcess(configured(sandbox, empty, more), args);
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).not.toContain('wrong-secret');
    expect(ended.stderr).not.toContain('hush-hush');
    const tables = await empty.query<Record<string, string>>('SHOW TABLES');
    const rows = tables.length === 0 ? [] : await empty.query('SELECT listing_key FROM properties');
    expect(rows).toEqual([]);
  });
});

test('promise 18: a successful run without a terminal prints nothing; status shows it', async () => {
  const folder = configured(sandbox, db);
  expect(await trestle(folder, ['full-load', '--resources', 'Property'])).toMatchObject({
    code: 0,
    stdout: '',
    stderr: '',
  });
  const status = await trestle(folder, ['status', '--json', '--last', '1']);
  const parsed = JSON.parse(status.stdout) as {
    runs: unknown[];
    resources: { resource: string; rows: number }[];
  };
  expect(parsed.runs).toMatchObject([{ mode: 'full-load', status: 'success', records_inserted: 150 }]);
  expect(parsed.resources[0]).toMatchObject({ resource: 'Property', rows: 150, quarantined: 0 });
  const text = await trestle(folder, ['status']);
  expect(text.stdout).toMatch(/Property\s+150\s+2026-03-/);
  expect(text.stdout).not.toContain('\u001B');
});

test('promise 12: the token is kept on disk for its owner only, and used by the next run', async () => {
  const own = await migratedDatabase();
  const folder = configured(sandbox, own, { RESOURCES: 'Property' });
  sandbox.requests.length = 0;
  await trestle(folder, ['sync']);
  await trestle(folder, ['sync']);
  expect(sandbox.requests.filter((request) => request.kind === 'token')).toHaveLength(1);
  expect(statSync(join(folder, 'state')).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'state', 'token.json')).mode & 0o777).toBe(0o600);
});

test('promise 19: no secret and no token in any log, and the run id on its lines', async () => {
  const own = await migratedDatabase();
  const folder = configured(sandbox, own, { RESOURCES: 'Property', LOG_LEVEL: 'debug' });
  await trestle(folder, ['sync']);
  sandbox.faults.add({ kind: 'html' });
  sandbox.faults.add({ kind: 'revoke' });
  await trestle(folder, ['sync']);
  const { token } = JSON.parse(readFileSync(join(folder, 'state', 'token.json'), 'utf8')) as {
    token: string;
  };
  const logs = readdirSync(join(folder, 'logs')).filter((name) =>
    statSync(join(folder, 'logs', name)).isFile(),
  );
  expect(logs.length).toBeGreaterThanOrEqual(5);
  const text = logs.map((name) => readFileSync(join(folder, 'logs', name), 'utf8')).join('');
  expect(text).not.toContain(token);
  expect(text).not.toContain(sandbox.clientSecret);
  expect(text).toMatch(/"run":1,.*"run started"/);
  for (const line of text.trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
});

test('promise 15: a second run does nothing, says so with 75, and has its row', async () => {
  const own = await migratedDatabase();
  const folder = configured(sandbox, own, { PAGE_SIZE: '10' });
  await trestle(folder, ['migrate']);
  sandbox.faults.add({ kind: 'slow', ms: 3000, resource: 'Property', skip: 1 });
  const first = start(folder, ['full-load']);
  await untilRunning(own);
  const second = await trestle(folder, ['sync']);
  expect(second).toMatchObject({ code: 75, stdout: '' });
  expect(second.stderr).toMatch(/^trestle-etl: another run is active .*\n$/);
  expect(await first.ended).toMatchObject({ code: 0 });
  const runs = await own.query('SELECT mode, status, error_message FROM etl_sync_log ORDER BY id');
  expect(runs).toMatchObject([
    { mode: 'full-load', status: 'success' },
    { mode: 'sync', status: 'skipped', error_message: expect.stringContaining('another run') as string },
  ]);
});

test('promise 15: two hosts with state of their own meet at the database', async () => {
  const own = await migratedDatabase();
  const here = configured(sandbox, own, { PAGE_SIZE: '10' });
  const there = configured(sandbox, own, { PAGE_SIZE: '10' });
  await trestle(here, ['migrate']);
  sandbox.faults.add({ kind: 'slow', ms: 9000, resource: 'Property', skip: 1 });
  const first = start(here, ['full-load']);
  await untilRunning(own);
  const second = await trestle(there, ['full-load']);
  expect(second.code).toBe(75);
  expect(second.stderr).toMatch(/another run is active on database/);
  expect(await first.ended).toMatchObject({ code: 0 });
});

test('promise 15: the lock of a killed run is taken over at once', async () => {
  const own = await migratedDatabase();
  const folder = configured(sandbox, own, { PAGE_SIZE: '10' });
  await trestle(folder, ['migrate']);
  sandbox.faults.add({ kind: 'hang', resource: 'Property', skip: 1 });
  const first = start(folder, ['full-load']);
  await untilRunning(own);
  first.child.kill('SIGKILL');
  await first.ended;
  sandbox.faults.clear();
  expect(existsSync(join(folder, 'state', 'run.lock'))).toBe(true);
  expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
  expect(await expectParity(sandbox, own, property)).toBe(150);
});

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  'promise 17: %s finishes the page in hand, closes the row as partial, exits %i',
  async (name, code) => {
    const own = await migratedDatabase();
    const folder = configured(sandbox, own, { PAGE_SIZE: '10', MEDIA_STRATEGY: 'resource' });
    await trestle(folder, ['migrate']);
    sandbox.faults.add({ kind: 'hang', resource: 'Property', skip: 3 });
    const run = start(folder, ['full-load']);
    await untilPages(own, 2);
    run.child.kill(name);
    const ended = await run.ended;
    sandbox.faults.clear();
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(`stopped by ${name}`);
    const [row] = await own.query<Record<string, string>>('SELECT * FROM etl_sync_log');
    expect(row).toMatchObject({ status: 'partial', records_inserted: String(Number(row!['pages']) * 10) });
    expect(row!['sync_end']).not.toBeNull();
    expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0 });
    expect(await expectParity(sandbox, own, property)).toBe(150);
  },
);

test('without a terminal SIGHUP is ignored, as nohup wants it', async () => {
  const own = await migratedDatabase();
  const folder = configured(sandbox, own, { PAGE_SIZE: '10', RESOURCES: 'Property' });
  await trestle(folder, ['migrate']);
  sandbox.faults.add({ kind: 'slow', ms: 800, resource: 'Property', skip: 3 });
  const run = start(folder, ['full-load']);
  await untilPages(own, 2);
  run.child.kill('SIGHUP');
  expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
  expect(await expectParity(sandbox, own, property)).toBe(150);
});

test('promise 17: a second signal ends the process at once, and the next run goes on', async () => {
  const own = await migratedDatabase();
  const folder = configured(sandbox, own, { PAGE_SIZE: '10', RESOURCES: 'Property' });
  await trestle(folder, ['migrate']);
  const locker = await own.query<{ id: string }>('SELECT CONNECTION_ID() AS id');
  expect(locker).toHaveLength(1);
  sandbox.faults.add({ kind: 'hang', resource: 'Property', skip: 2 });
  const run = start(folder, ['full-load']);
  await untilPages(own, 1);
  // The page in hand waits for this lock, so that the first signal alone can't end the run.
  await own.query('START TRANSACTION');
  await own.query('SELECT * FROM etl_watermark FOR UPDATE');
  run.child.kill('SIGTERM');
  await wait(300);
  run.child.kill('SIGTERM');
  const ended = await run.ended;
  await own.query('ROLLBACK');
  sandbox.faults.clear();
  expect([ended.signal, ended.code]).toSatisfy(([signal, code]) => signal === 'SIGTERM' || code === 143);
  expect(await trestle(folder, ['full-load'])).toMatchObject({ code: 0 });
  expect(await expectParity(sandbox, own, property)).toBe(150);
});

test('promise 16: also a failed run has its row, with what had been committed', async () => {
  const own = await migratedDatabase();
  const folder = configured(sandbox, own, { PAGE_SIZE: '10', MAX_RETRIES: '0', MEDIA_STRATEGY: 'resource' });
  sandbox.faults.add({ kind: 'status', status: 503, resource: 'Property', skip: 4, count: 5 });
  const ended = await trestle(folder, ['sync']);
  sandbox.faults.clear();
  expect(ended.code).toBe(69);
  const [row] = await own.query<Record<string, string>>('SELECT * FROM etl_sync_log');
  expect(row).toMatchObject({ status: 'failed', pages: '4', records_inserted: '40' });
  expect(row!['error_message']).toMatch(/503/);
});

test('a STATE_DIR or LOG_DIR that cannot be written is named', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  for (const name of ['STATE_DIR', 'LOG_DIR']) {
    const ended = await trestle(configured(sandbox, db, { [name]: join(file, 'below') }), ['sync']);
    expect(ended).toMatchObject({ code: 78, stdout: '' });
    expect(ended.stderr).toContain(name);
  }
});

test('a server that accepts and never answers is left after REQUEST_TIMEOUT', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const folder = configured(sandbox, db, {
    TRESTLE_API_BASE_URL: `http://127.0.0.1:${port}/trestle/odata`,
    REQUEST_TIMEOUT: '500ms',
    MAX_RETRIES: '1',
  });
  const ended = await trestle(folder, ['sync']);
  silent.close();
  expect(ended.code).toBe(69);
  expect(ended.stderr).toMatch(/no whole answer within 0.5 s.*2 tries/);
});

async function untilRunning(own: FreshDatabase): Promise<void> {
  await until(own, "SELECT id FROM etl_sync_log WHERE status = 'running'");
}

async function untilPages(own: FreshDatabase, pages: number): Promise<void> {
  await until(own, `SELECT id FROM etl_sync_log WHERE pages >= ${pages}`);
}

async function until(own: FreshDatabase, sql: string): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (Date.now() < end) {
    if ((await own.query(sql)).length > 0) return;
    await wait(50);
  }
  throw new Error(`never came true: ${sql}`);
}

test('status works for someone who may not write logs or state', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const folder = configured(sandbox, db, { STATE_DIR: join(file, 'state'), LOG_DIR: join(file, 'logs') });
  expect(await trestle(folder, ['status'])).toMatchObject({ code: 0, stderr: '' });
});
