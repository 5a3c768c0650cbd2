import { resolve } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database as Server } from '../../scripts/lib/database.mjs';
import { openDatabase } from '../../src/db/pool.ts';
import { FatalError, UnavailableError } from '../../src/errors.ts';
import type { Clock } from '../../src/model/clock.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { documentedGrant, type FreshDatabase } from '../helpers/database.ts';
import { startUntilFileEnd } from '../helpers/database-server.ts';
import { program } from '../helpers/own-server.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, pipeline } from '../helpers/pipeline.ts';
import { atPage, type Proxied, proxied, proxyTo } from '../helpers/proxy.ts';

const ROOT = resolve(import.meta.dirname, '../..');

let server: Server;
let root: Connection;
let usual: { max_allowed_packet: number; max_connections: number };
const cleanups: (() => Promise<unknown>)[] = [];
let databases = 0;

// Its own server: what these tests set holds for all who use it.
beforeAll(async () => {
  server = await startUntilFileEnd({ root: ROOT, log: () => undefined, ...(await program()) });
  root = await createConnection({ host: server.host, port: server.port, user: server.user, password: '' });
  await root.query("CREATE USER IF NOT EXISTS 'trestle'@'%' IDENTIFIED BY 'own'");
  const [rows] = await root.query(
    'SELECT @@max_allowed_packet AS max_allowed_packet, @@max_connections AS max_connections',
  );
  usual = (rows as (typeof usual)[])[0]!;
});

beforeEach(async () => {
  await root.query('SET GLOBAL read_only = 0');
  for (const [name, value] of Object.entries(usual)) await root.query(`SET GLOBAL ${name} = ${value}`);
});

afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
  await root.end();
});

/** A pipeline on the own server, as a user with no more than the rights that docs/database.md lists, through a proxy. */
async function own(listings: number): Promise<Proxied> {
  const all = await pipeline({ listings });
  databases += 1;
  const name = `own_${process.pid}_${databases}`;
  await root.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await root.query(documentedGrant().replace('trestle.*', `${name}.*`).replace('localhost', '%'));
  const looks = await createConnection({
    host: server.host,
    port: server.port,
    user: server.user,
    password: '',
    database: name,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  const proxy = await proxyTo(server.host, server.port);
  const database = openDatabase({ ...userAt(proxy.port), database: name, socket: undefined, tls: undefined });
  cleanups.push(
    () => root.query(`DROP DATABASE ${name}`),
    () => looks.end(),
    proxy.close,
    database.close,
  );
  const query: FreshDatabase['query'] = async <T>(sql: string) => {
    const [rows] = await looks.query(sql);
    return rows as T[];
  };
  const run: Pipeline['run'] = (options, settings) =>
    all.run(options, { ...SMALL, ...settings, tools: { database, ...settings?.tools } });
  return { ...all, db: { ...all.db, name, query }, run, proxy, database };
}

function userAt(port: number): { host: string; port: number; user: string; password: string } {
  return { host: server.host, port, user: 'trestle', password: 'own' };
}

/** Time passes when somebody waits, and in no other way; `onWait` is told of each wait. */
function waiting(
  onWait: (waits: number) => Promise<unknown> = async () => undefined,
): Clock & { waited(): number } {
  const start = Date.now();
  let now = start;
  let waits = 0;
  return {
    now: () => now,
    waited: () => now - start,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      now += ms;
      waits += 1;
      await onWait(waits);
    },
  };
}

const listings = { resources: [property] };
const SMALL = { odata: { pageSize: 100 } };

/** Every row is there, each was counted once as new, and the runs' rows add up. */
async function expectAll({ sandbox, db }: Pipeline, count: number): Promise<void> {
  expect(await expectParity(sandbox, db, property)).toBe(count);
  const [sum] = await db.query(
    'SELECT SUM(records_inserted) AS n, SUM(records_processed) AS p FROM etl_sync_log',
  );
  expect(sum).toEqual({ n: String(count), p: String(count) });
}

test('promise 1: a server that becomes read-only in the middle of a run is waited for', async () => {
  const all = await own(500);
  atPage(all, 4, () => root.query('SET GLOBAL read_only = 1'));
  const clock = waiting(async (waits) => waits === 8 && root.query('SET GLOBAL read_only = 0'));
  const outcome = await all.run(listings, { tools: { clock } });
  expect(outcome.status).toBe('success');
  expect(clock.waited()).toBeGreaterThan(10_000);
  await expectAll(all, 500);
});

test('promise 16: a server that stays read-only ends the run with 69, and the next one closes its row and goes on', async () => {
  const all = await own(500);
  atPage(all, 4, () => root.query('SET GLOBAL read_only = 1'));
  const clock = waiting();
  const error: unknown = await all.run(listings, { tools: { clock } }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).toMatchObject({ exitCode: 69, cause: { errno: 1290 } });
  expect(clock.waited()).toBeGreaterThan(110_000);
  // At the start of a run nothing is waited for.
  const idle = waiting();
  await expect(all.run(listings, { tools: { clock: idle } })).rejects.toThrow(UnavailableError);
  expect(idle.waited()).toBe(0);
  const [rows] = await all.db.query<{ n: number }>('SELECT COUNT(*) AS n FROM properties');
  const [log] = await all.db.query<Record<string, string>>('SELECT * FROM etl_sync_log');
  expect(log).toMatchObject({ status: 'running', records_inserted: String(rows!.n) });
  await root.query('SET GLOBAL read_only = 0');
  expect((await all.run(listings)).status).toBe('success');
  const [closed] = await all.db.query('SELECT status, error_message FROM etl_sync_log ORDER BY id');
  expect(closed).toMatchObject({ status: 'failed', error_message: expect.stringMatching(/^vanished/) });
  await expectAll(all, 500);
});

test('a server that has no connection left is waited for in the middle of a run, and not at its start', async () => {
  const all = await own(500);
  const others: Connection[] = [];
  const crowd = async (): Promise<void> => {
    while (others.length < 12) others.push(await createConnection(userAt(server.port)));
    await root.query('SET GLOBAL max_connections = 10');
    all.proxy.cut();
  };
  const leave = async (): Promise<void> => {
    for (const other of others.splice(0)) await other.end();
    await root.query(`SET GLOBAL max_connections = ${usual.max_connections}`);
  };
  atPage(all, 4, crowd);
  const clock = waiting(async (waits) => waits === 5 && leave());
  expect((await all.run(listings, { tools: { clock } })).status).toBe('success');
  expect(clock.waited()).toBeGreaterThan(2000);
  expect(all.lines.filter(({ data }) => /Too many connections/.test(String(Object(data).err)))).not.toEqual(
    [],
  );
  await expectAll(all, 500);
  await crowd();
  const idle = waiting();
  const error: unknown = await all
    .run(listings, { tools: { clock: idle } })
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ exitCode: 69, cause: { errno: 1040 } });
  expect(idle.waited()).toBe(0);
  await leave();
  expect((await all.run(listings)).status).toBe('success');
});

test('statements become smaller where the server comes back with a smaller max_allowed_packet', async () => {
  const all = await own(200);
  const connections = new Set<number>();
  atPage(all, 2, async () => {
    await root.query('SET GLOBAL max_allowed_packet = 65536');
    all.proxy.cut();
    all.proxy.refuse = ({ sql, connection }) => {
      if (sql !== 'CONNECT') connections.add(connection);
      return undefined;
    };
  });
  expect(await all.run(listings)).toMatchObject({
    status: 'success',
    totals: { inserted: 200, rejected: 0 },
  });
  // None was too large first: that would have cost another connection.
  expect(connections.size).toBe(1);
  await expectAll(all, 200);
});

test('a statement larger than the server takes is known by its number', async () => {
  const all = await own(1);
  await root.query('SET GLOBAL max_allowed_packet = 65536');
  const connection = await all.database.connect();
  const question = connection.select('SELECT ? AS a', ['x'.repeat(66_000)]);
  const error: unknown = await question.catch((reason: unknown) => reason);
  connection.drop();
  expect(error).toMatchObject({ exitCode: 69, cause: { errno: 1153 } });
});

test('statements that are too large for a proxy before the server are halved until they pass', async () => {
  const all = await proxied(300);
  let refused = 0;
  all.proxy.refuse = (command) => {
    if (command.bytes < 60_000) return undefined;
    refused += 1;
    return 1153;
  };
  expect(await all.run({}, SMALL)).toMatchObject({
    status: 'success',
    totals: { inserted: 1200, rejected: 0 },
  });
  // What was learnt holds for the whole run.
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(5);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(300);
  expect(await expectParity(all.sandbox, all.db, media)).toBe(900);
});

test.each([
  ['the disk is full', 1021, '`properties_raw`'],
  ['the table is full', 1114, '`properties`'],
  ['the tablespace is full', 3675, '`properties_raw`'],
])(
  'promise 1: %s: the run fails, with nothing written by halves; the next one goes on',
  async (_, errno, table) => {
    const all = await proxied(500);
    let statements = 0;
    all.proxy.refuse = ({ sql, isPrepared }) => {
      if (!isPrepared || !sql.startsWith(`INSERT INTO ${table} `)) return undefined;
      statements += 1;
      return statements < 4 ? undefined : errno;
    };
    const error: unknown = await all.run(listings, SMALL).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FatalError);
    expect(error).toMatchObject({ exitCode: 1, hint: expect.stringContaining('free disk space') });
    expect(statements).toBe(4);
    await expectPages(all, 3);
    all.proxy.refuse = undefined;
    expect((await all.run(listings, SMALL)).status).toBe('success');
    await expectAll(all, 500);
  },
);

test('promise 1: a table that is really full fails the run, and leaves nothing of the page', async () => {
  const all = await proxied(500);
  await all.run({ ...listings, maxPages: 1 }, SMALL);
  // A table in memory holds so much and no more; the server's error for it is that of a tablespace.
  await all.db.query('SET SESSION max_heap_table_size = 262144');
  await all.db.query(
    'CREATE TABLE narrow (id INT AUTO_INCREMENT PRIMARY KEY, pad CHAR(255)) ENGINE = MEMORY',
  );
  await all.db.query(
    'CREATE TRIGGER fills AFTER INSERT ON properties FOR EACH ROW INSERT INTO narrow (pad) VALUES (1)',
  );
  const error: unknown = await all.run(listings, SMALL).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FatalError);
  expect(error).toMatchObject({ exitCode: 1, cause: { errno: 1114 } });
  const [narrow] = await all.db.query<{ n: number }>('SELECT COUNT(*) AS n FROM narrow');
  await expectPages(all, 1 + Math.floor(narrow!.n / 100));
  await all.db.query('DROP TRIGGER fills');
  expect((await all.run(listings, SMALL)).status).toBe('success');
  await expectAll(all, 500);
});

/** Whole pages of a hundred, each with its payloads, counted in the run's row, and the watermark on the last of them. */
async function expectPages({ db }: Pipeline, pages: number): Promise<void> {
  const [here] = await db.query(
    'SELECT (SELECT COUNT(*) FROM properties) AS listings, (SELECT COUNT(*) FROM properties_raw) AS payloads, ' +
      '(SELECT SUM(records_inserted) FROM etl_sync_log) AS counted, (SELECT cursor_key FROM etl_watermark) AS place, ' +
      '(SELECT listing_key FROM properties ORDER BY modification_timestamp DESC, listing_key DESC LIMIT 1) AS last',
  );
  const count = pages * 100;
  const { listings: rows, payloads, counted, place, last } = here!;
  expect([rows, payloads, counted].map(Number)).toEqual([count, count, count]);
  expect(place).toBe(last);
}

test('promise 5: a record that the smaller server takes no statement of is put aside, and the others are loaded', async () => {
  const all = await own(200);
  const [first] = [...all.sandbox.feed.records('Property')];
  all.sandbox.feed.put('Property', { ...first!, PublicRemarks: 'x'.repeat(80_000) });
  const key = readText(first!, 'ListingKey');
  atPage(all, 1, async () => {
    await root.query('SET GLOBAL max_allowed_packet = 65536');
    all.proxy.cut();
  });
  expect(await all.run(listings)).toMatchObject({
    status: 'partial',
    totals: { inserted: 199, rejected: 1 },
  });
  const [held] = await all.db.query<Record<string, string>>('SELECT record_key, reasons FROM etl_quarantine');
  expect(held).toMatchObject({ record_key: key, reasons: expect.stringContaining('takes no statement of') });
  expect(await expectParity(all.sandbox, all.db, property, new Set([key]))).toBe(199);
});
