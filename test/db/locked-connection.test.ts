import { afterAll, beforeEach, expect, test } from 'vitest';
import { type LockedConnection, openLockedConnection } from '../../src/db/locked-connection.ts';
import { migrate } from '../../src/db/migrate.ts';
import { readLockHolder } from '../../src/db/named-lock.ts';
import { type Database, openDatabase, type DatabaseTools } from '../../src/db/pool.ts';
import { statementBytes } from '../../src/db/size.ts';
import { BusyError, UnavailableError } from '../../src/errors.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { type FakeClock, fakeClock } from '../helpers/fake-clock.ts';
import { type Command, type Proxy, proxyTo } from '../helpers/proxy.ts';

const none = (): void => undefined;

const cleanups: (() => Promise<void>)[] = [];

let db: FreshDatabase;
let proxy: Proxy;
let direct: Database;
let database: Database;
let clock: FakeClock;
let held: LockedConnection;

beforeEach(async () => {
  db = await freshDatabase();
  proxy = await proxyTo(db.host, db.port);
  const address = { ...db, socket: undefined, database: db.name, tls: undefined };
  direct = openDatabase(address);
  database = openDatabase({ ...address, port: proxy.port });
  cleanups.push(direct.close, database.close, proxy.close);
  clock = fakeClock();
  const connection = await direct.connect();
  await migrate(connection, 0);
  connection.release();
  held = await openLockedConnection(database, 'trestle', toolsWith(clock.sleep));
});

afterAll(async () => {
  for (const cleanup of cleanups) await cleanup();
});

function toolsWith(sleep: DatabaseTools['clock']['sleep']): DatabaseTools {
  const log = { debug: none, info: none, warn: none, error: none };
  return { clock: { now: clock.now, sleep }, random: () => 1, log, signal: new AbortController().signal };
}

const writes = ({ sql }: Command): boolean => /^(INSERT|UPDATE|DELETE)/.test(sql);

test('promise 15: the lock is acquired again with the new connection', async () => {
  proxy.cut();
  await expect(held.run('DO 1')).rejects.toThrow(UnavailableError);
  await held.renew();
  const [own] = await held.select<{ id: number }>('SELECT CONNECTION_ID() AS id');
  const connection = await direct.connect();
  expect(await readLockHolder(connection, { database: db.name, source: 'trestle' })).toBe(own!.id);
});

test('promise 15: a lock that another run holds by now stays with that run', async () => {
  proxy.cut();
  await openLockedConnection(direct, 'trestle', toolsWith(clock.sleep));
  await expect(held.renew()).rejects.toThrow(BusyError);
});

test.each([1290, 1036])(
  'a server that answers and refuses all that writes (%i) is waited for, each time over a new connection',
  async (errno) => {
    const asked = new Set<number>();
    proxy.refuse = (command) => {
      if (!writes(command)) return undefined;
      asked.add(command.connection);
      return clock.sleeps.length < 4 ? errno : undefined;
    };
    await held.renew();
    expect(clock.sleeps).toHaveLength(4);
    expect(asked.size).toBe(5);
    await held.run('DELETE FROM etl_watermark');
    expect([...asked]).toHaveLength(5);
  },
);

test('fails if a server refuses writes for two minutes', async () => {
  proxy.refuse = (command) => (writes(command) ? 1836 : undefined);
  const start = clock.now();
  const error: unknown = await held.renew().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).toMatchObject({ exitCode: 69, cause: { errno: 1836 } });
  expect(clock.now() - start).toBeGreaterThan(110_000);
  expect(clock.now() - start).toBeLessThanOrEqual(120_000);
});

test('waits for a server that has no connection left', async () => {
  proxy.refuse = ({ sql }) => (sql === 'CONNECT' && clock.sleeps.length < 3 ? 1040 : undefined);
  await held.renew();
  expect(clock.sleeps).toHaveLength(3);
  await held.run('DO 1');
});

test('the limit is the server’s, and the smallest statement that was too large, also on a new connection', async () => {
  const [server] = await held.select<{ packet: number }>('SELECT @@max_allowed_packet AS packet');
  expect(held.maxStatementBytes).toBe(server!.packet);
  const insert = 'INSERT INTO etl_watermark (resource, version, run_id, updated_at) VALUES (?, 0, 0, NOW())';
  const attempt = async (characters: number): Promise<void> => {
    const values = ['ä'.repeat(characters)];
    await expect(held.run(insert, values)).rejects.toThrow(/takes no statement so large/);
    expect(held.maxStatementBytes).toBe(statementBytes(insert, values));
  };
  proxy.refuse = ({ bytes }) => (bytes > 100 ? 1153 : undefined);
  await attempt(200);
  await attempt(100);
  const { maxStatementBytes: limit } = held;
  await expect(held.run(insert, ['ä'.repeat(300)])).rejects.toThrow(UnavailableError);
  proxy.refuse = undefined;
  await held.renew();
  expect(held.maxStatementBytes).toBe(limit);
  expect(limit).toBeLessThan(1000);
});
