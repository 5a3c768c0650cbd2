import { beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/pool.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { configured, type Ended, trestle } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

let sandbox: Sandbox;
let db: FreshDatabase;
let own: Database;
let key: string;

/** A folder for each command, as each is the only run there. */
const folder = (): string => configured(sandbox, db, { RESOURCES: 'Property,Media' });

beforeAll(async () => {
  sandbox = await sandboxFor({ listings: 20 });
  db = await migratedDatabase();
  own = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  key = readText([...sandbox.feed.records('Property')][0]!, 'ListingKey');
  expect(await trestle(folder(), ['full-load'])).toMatchObject({ code: 0 });
});

/** How many connections the tool's account may have at a time. */
async function allow(count: number): Promise<void> {
  await db.query(`ALTER USER '${db.user}'@'%' WITH MAX_USER_CONNECTIONS ${count}`);
}

function expectOneLine({ stderr }: Ended, says: RegExp): void {
  expect(stderr).toMatch(says);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
}

const LIMIT = /has reached a limit: .*max_user_connections.* — .*MAX_USER_CONNECTIONS 5/;

test('without a connection left every command ends with 69 and one line, no stack trace', async () => {
  await allow(1);
  const taken = await own.connect();
  const commands = [
    ['status'],
    ['usage'],
    ['plan'],
    ['why', key, '--offline'],
    ['verify'],
    ['quarantine', 'list'],
    ['reconcile'],
    ['sync'],
  ];
  for (const args of commands) {
    const ended = await trestle(folder(), args);
    expect({ args, ...ended }).toMatchObject({ args, code: 69, stdout: '' });
    expectOneLine(ended, LIMIT);
  }
  const doctor = await trestle(folder(), ['doctor']);
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toMatch(/database .*\n? .*has reached a limit/);
  taken.release();
  await own.close();
});

test('with one connection status works, and a run fails at once instead of in the middle', async () => {
  await allow(1);
  const [status, sync] = [await trestle(folder(), ['status']), await trestle(folder(), ['sync'])];
  expect(status).toMatchObject({ code: 0, stderr: '' });
  expect(status.stdout).toContain('Media');
  expect(sync).toMatchObject({ code: 69, stdout: '' });
  expectOneLine(sync, LIMIT);
});

test('with two connections a run works', async () => {
  await allow(2);
  sandbox.feed.changePhotos(5);
  expect(await trestle(folder(), ['sync'])).toMatchObject({ code: 0, stderr: '' });
});

test('a limit of queries by the hour ends the run at once with 78, and is named', async () => {
  await db.query(`ALTER USER '${db.user}'@'%' WITH MAX_QUERIES_PER_HOUR 4`);
  const start = performance.now();
  const ended = await trestle(folder(), ['sync']);
  await db.query(`ALTER USER '${db.user}'@'%' WITH MAX_QUERIES_PER_HOUR 0`);
  expect(ended.code).toBe(78);
  expectOneLine(ended, /an hourly limit: .*max_(?:queries_per_hour|questions).* — .*MAX_QUERIES_PER_HOUR 0/);
  expect(performance.now() - start).toBeLessThan(30_000);
});
