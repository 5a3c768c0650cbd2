import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { readLockHolder } from '../../src/db/named-lock.ts';
import { type Connection, openDatabase } from '../../src/db/pool.ts';
import { BusyError, FencedError } from '../../src/errors.ts';
import type { Clock } from '../../src/model/clock.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { RunOutcome } from '../../src/run/run.ts';
import { configured, type Ended, trestle } from '../helpers/cli.ts';
import { expectParity } from '../helpers/parity.ts';
import { type Pipeline, temporaryFolder } from '../helpers/pipeline.ts';
import { atPage, type Proxied, proxied } from '../helpers/proxy.ts';

const cleanups: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const cleanup of cleanups) await cleanup();
});

/** What the runs counted, against what the tables hold. */
async function expectCounts({ db }: Pipeline, inserted: number): Promise<void> {
  const [sum] = await db.query<Record<string, string>>(
    'SELECT SUM(records_inserted) AS inserted, SUM(records_processed) AS processed, ' +
      'SUM(records_inserted + records_updated + records_unchanged + records_rejected + records_older) AS parts FROM etl_sync_log',
  );
  expect(sum).toMatchObject({ inserted: String(inserted), processed: sum!['parts'] });
}

test('promise 1: connections that break again and again cost no row and count none twice', async () => {
  const all = await proxied(1200);
  let requests = 0;
  all.sandbox.onRequest = () => {
    requests += 1;
    if (requests % 3 === 0) all.proxy.cut();
  };
  const outcome = await all.run({ mode: 'full-load' }, { odata: { pageSize: 100 } });
  expect(outcome.status).toBe('success');
  expect(requests).toBeGreaterThan(40);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(1200);
  expect(await expectParity(all.sandbox, all.db, media)).toBe(3600);
  await expectCounts(all, 4800);
});

test('promise 1: a commit whose answer is lost is recognised by the watermark', async () => {
  const all = await proxied(900);
  let commits = 0;
  let lost = 0;
  all.proxy.onClientData = (data) => {
    if (!data.includes('COMMIT')) return false;
    commits += 1;
    if (commits % 3 !== 0) return false;
    lost += 1;
    return true;
  };
  const outcome = await all.run({ resources: [property] }, { odata: { pageSize: 100 } });
  expect(lost).toBeGreaterThan(2);
  expect(outcome.totals).toMatchObject({ inserted: 900, unchanged: 0, updated: 0 });
  expect(await expectParity(all.sandbox, all.db, property)).toBe(900);
  await expectCounts(all, 900);
});

test('a server that is restarted in the middle of a run is waited for', async () => {
  const all = await proxied(500);
  let requests = 0;
  all.sandbox.onRequest = () => {
    requests += 1;
    if (requests === 4) all.proxy.stayAway(2500);
  };
  const outcome = await all.run({ resources: [property] }, { odata: { pageSize: 100 } });
  expect(outcome.status).toBe('success');
  expect(await expectParity(all.sandbox, all.db, property)).toBe(500);
  expect(all.lines.some((line) => line.message.includes('the database is unavailable'))).toBe(true);
});

/** A connection of somebody else's. */
async function another({ db }: Pipeline): Promise<Connection> {
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  cleanups.push(() => database.close());
  return database.connect();
}

const listings = { resources: [property] };
/** A page may be held back for long. */
const SMALL = { odata: { pageSize: 100, timeout: 50_000 } };

/** That the first run loads all, and the feed then changes each listing. */
async function loadedAndChanged(count: number): Promise<Proxied> {
  const all = await proxied(count);
  await all.run(listings);
  all.sandbox.feed.changeListings(count);
  return all;
}

function retries({ lines }: Pipeline): number {
  return lines.filter(({ message }) => message === 'transaction rolled back, retrying').length;
}

test('promise 1: a run that waits in vain for a row which somebody holds goes on once it is free', async () => {
  const all = await loadedAndChanged(200);
  const other = await another(all);
  await other.run('START TRANSACTION');
  await other.run('UPDATE properties SET list_price = list_price ORDER BY listing_key DESC LIMIT 1');
  // The server's 50 seconds would do as well.
  const connect = async (): Promise<Connection> => {
    const connection = await all.database.connect();
    await connection.run('SET SESSION innodb_lock_wait_timeout = 1');
    return connection;
  };
  const clock: Clock = {
    now: () => Date.now(),
    sleep: async () => {
      if (retries(all) === 2) await other.run('COMMIT');
    },
  };
  const database = { ...all.database, connect };
  const outcome = await all.run(listings, { ...SMALL, tools: { database, clock } });
  expect(retries(all)).toBe(2);
  expect(outcome).toMatchObject({ status: 'success', totals: { updated: 200, inserted: 0 } });
  expect(await expectParity(all.sandbox, all.db, property)).toBe(200);
});

/** Whether the run waits for a row that somebody holds. */
async function isWaiting({ db }: Pipeline, other: Connection): Promise<boolean> {
  const found = await db.query(
    "SELECT trx_id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND trx_mysql_thread_id = ?",
    [await readLockHolder(other, { database: db.name, source: 'trestle' })],
  );
  return found.length > 0;
}

test('promise 1: a run that loses a deadlock loads its page again, and counts it once', async () => {
  const all = await loadedAndChanged(200);
  const other = await another(all);
  await all.db.query('CREATE TABLE heavy (id INT PRIMARY KEY) ENGINE = InnoDB');
  await other.run('START TRANSACTION');
  // The server lets the one lose that has changed less.
  const numbers = Array.from({ length: 20_000 }, (_, id) => `(${id})`).join(', ');
  await other.run(`INSERT INTO heavy VALUES ${numbers}`);
  await other.run('UPDATE properties SET list_price = list_price');
  const running = all.run(listings, SMALL);
  // The server looks anew only where nobody has looked for 100 ms.
  while (!(await isWaiting(all, other))) await wait(200);
  await other.run('UPDATE etl_watermark SET run_id = run_id');
  await other.run('COMMIT');
  expect(await running).toMatchObject({ status: 'success', totals: { updated: 200, inserted: 0 } });
  expect(retries(all)).toBeGreaterThan(0);
  expect(await expectParity(all.sandbox, all.db, property)).toBe(200);
});

/** Both runs see the same state: the feed's page is held back until this many listings are committed. */
async function untilCommitted({ db }: Pipeline, count: number): Promise<void> {
  for (;;) {
    const [here] = await db.query<{ n: number }>('SELECT COUNT(*) AS n FROM properties');
    if (here!.n >= count) break;
  }
  // The run has the answer to its commit a moment later.
  await wait(100);
}

/** A run on another host: state of its own, and a way to the database of its own. */
async function elsewhere(all: Pipeline): Promise<RunOutcome> {
  const { db } = all;
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  cleanups.push(() => database.close());
  return all.run(listings, { ...SMALL, stateDir: temporaryFolder(), tools: { database } });
}

test('promise 15: a run that lost its connection, and so its lock, to a run that is through commits nothing more', async () => {
  const all = await proxied(500);
  let other: RunOutcome | undefined;
  atPage(all, 4, async () => {
    await untilCommitted(all, 300);
    all.proxy.cut();
    other = await elsewhere(all);
  });
  const error: unknown = await all.run(listings, SMALL).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FencedError);
  expect(error).toMatchObject({ exitCode: 75 });
  expect(other).toMatchObject({ status: 'success', totals: { inserted: 200 } });
  expect(await expectParity(all.sandbox, all.db, property)).toBe(500);
  await expectCounts(all, 500);
  expect(await all.db.query('SELECT status FROM etl_sync_log ORDER BY id')).toEqual([
    { status: 'failed' },
    { status: 'success' },
  ]);
});

test('promise 16: a run that loses the answer to a commit, and is fenced in the same moment, counts that commit', async () => {
  const all = await proxied(500);
  let commits = 0;
  let isFenced = false;
  const fence = async (): Promise<void> => {
    // Waits for the commit, whose transaction has locked the row.
    await all.db.query('UPDATE etl_watermark SET version = version + 1, run_id = run_id + 1');
    isFenced = true;
  };
  let fencing: Promise<void> | undefined;
  all.proxy.refuse = ({ sql }) =>
    sql === 'CONNECT' && fencing !== undefined && !isFenced ? 1040 : undefined;
  all.proxy.onClientData = (data) => {
    if (!data.includes('COMMIT')) return false;
    commits += 1;
    if (commits !== 5) return false;
    fencing = fence();
    return true;
  };
  const error: unknown = await all
    .run({ resources: [property] }, { odata: { pageSize: 100 } })
    .catch((reason: unknown) => reason);
  await fencing;
  expect(error).toBeInstanceOf(FencedError);
  const [stored] = await all.db.query<{ n: string }>('SELECT COUNT(*) AS n FROM properties');
  expect(Number(stored!.n)).toBeGreaterThan(0);
  await expectCounts(all, Number(stored!.n));
});

/** The server notices a moment after a cut that the connection with the lock is gone. */
async function untilLockIsFree<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      await wait(50);
    }
  }
}

test('promise 15: a run that lost its lock to one that is still under way ends with 75, and leaves that one alone', async () => {
  const all = await proxied(500);
  let other: Promise<RunOutcome> | undefined;
  let pages = 0;
  const begun = new AbortController();
  const ended = new AbortController();
  all.sandbox.onRequest = async ({ resource }) => {
    if (resource !== 'Property') return;
    pages += 1;
    if (pages === 4) {
      await untilCommitted(all, 300);
      all.proxy.cut();
      other = untilLockIsFree(() => elsewhere(all));
      await once(begun.signal, 'abort');
    } else if (pages === 5) {
      begun.abort();
      await once(ended.signal, 'abort');
    }
  };
  const error: unknown = await all.run(listings, SMALL).catch((reason: unknown) => reason);
  ended.abort();
  expect(error).toBeInstanceOf(BusyError);
  expect(error).toMatchObject({ exitCode: 75 });
  expect(await other).toMatchObject({ status: 'success', totals: { inserted: 200 } });
  expect(await expectParity(all.sandbox, all.db, property)).toBe(500);
  await expectCounts(all, 500);
});

test('promise 15: whoever takes the lock of the state directory away still meets the one in the database', async () => {
  const all = await proxied(500);
  const folder = configured(all.sandbox, all.db);
  const stateDir = join(folder, 'state');
  let thief: Ended | undefined;
  atPage(all, 4, async () => {
    rmSync(join(stateDir, 'run.lock'), { recursive: true });
    thief = await trestle(folder, ['sync']);
  });
  const outcome = await all.run(listings, { ...SMALL, stateDir });
  expect(thief).toMatchObject({ code: 75 });
  expect(thief!.stderr).toMatch(/another run is active on database/);
  expect(outcome).toMatchObject({ status: 'success', totals: { inserted: 500 } });
  expect(await expectParity(all.sandbox, all.db, property)).toBe(500);
  await expectCounts(all, 500);
});
