import { readdirSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/pool.ts';
import { openMeter } from '../../src/host/meter.ts';
import { ConfigError, TransactionRetryError } from '../../src/errors.ts';
import type { Log, Logger } from '../../src/model/log.ts';
import type { Meter } from '../../src/model/usage.ts';
import { saveUsage, saveUsageWithin, flushUsage, saveLeftoverUsage } from '../../src/run/metering.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { fakeClock } from '../helpers/fake-clock.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

let db: FreshDatabase;
let database: Database;
let dir: string;
let meter: Meter;
let warnings: string[];
let log: Log;

const clock = fakeClock();

beforeEach(async () => {
  warnings = [];
  const warn = (_: object, message: string): void => void warnings.push(message);
  const logger: Logger = { debug: warn, info: warn, warn, error: warn };
  log = { main: logger, api: logger, quality: logger, database: logger };
  dir = temporaryFolder();
  meter = openMeter({ dir, host: 'here', clock, log: logger });
  db = await migratedDatabase();
  database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  const connection = await database.connect();
  connection.release();
  return async () => {
    await database.close();
    await db.drop();
  };
});

function call(times: number, of: Meter = meter): void {
  for (let time = 0; time < times; time += 1) of.begin('data', 'Property')({ failed: false, bytes: 10 });
}

async function stored(): Promise<number> {
  const [row] = await db.query<{ n: string }>('SELECT COALESCE(SUM(calls), 0) AS n FROM etl_api_usage');
  return Number(row!.n);
}

const files = (): string[] => readdirSync(dir).filter((name) => name.startsWith('usage-'));

describe('within a transaction', () => {
  test('what is rolled back stays pending', async () => {
    call(3);
    const connection = await database.connect();
    await connection.run('START TRANSACTION');
    await saveUsageWithin({ meter, log }, connection);
    await connection.run('ROLLBACK');
    connection.release();
    expect(await stored()).toBe(0);
    await flushUsage({ meter, log, database });
    expect(await stored()).toBe(3);
  });

  test('a failure to save counts does not fail the commit', async () => {
    call(3);
    await db.query('DROP TABLE etl_api_usage');
    const connection = await database.connect();
    expect((await saveUsageWithin({ meter, log }, connection)).counts).toEqual([]);
    connection.release();
    expect(warnings).toEqual(['could not save the call counts; the next run will']);
    expect(meter.readPending().counts).toEqual([]);
  });

  test('an error that ends the transaction is rethrown', async () => {
    call(1);
    const error = new TransactionRetryError('deadlock', { op: 'insert' });
    const refuse = () => Promise.reject(error);
    const session = { select: async () => [], run: refuse, sendLocalFile: refuse };
    await expect(saveUsageWithin({ meter, log }, session)).rejects.toBe(error);
    expect(meter.readPending().counts).toHaveLength(1);
  });
});

describe('at the end of a command', () => {
  test('saves all counts and deletes the file; sends no query if there were no calls', async () => {
    await flushUsage({
      meter,
      log,
      database: { ...database, connect: () => Promise.reject(new Error('no')) },
    });
    expect(warnings).toEqual([]);
    call(2);
    await flushUsage({ meter, log, database });
    expect([await stored(), files()]).toEqual([2, []]);
  });

  test('a database that can’t be reached fails nothing; the next run takes the calls in', async () => {
    call(4);
    const away = new ConfigError('away', { op: 'connect' });
    await flushUsage({ meter, log, database: { ...database, connect: () => Promise.reject(away) } });
    expect(files()).toHaveLength(1);
    const next = openMeter({ dir, host: 'here', clock, log: log.main });
    const connection = await database.connect();
    await saveLeftoverUsage({ meter: next, log }, connection);
    connection.release();
    expect([await stored(), files()]).toEqual([4, []]);
  });
});

test('counts saved in part by an earlier process are completed once, even if taken over twice', async () => {
  call(2);
  const connection = await database.connect();
  await saveUsage({ meter, log }, connection);
  call(5);
  const next = openMeter({ dir, host: 'here', clock, log: log.main });
  const [book] = next.readLeftovers();
  await saveLeftoverUsage({ meter: { ...next, readLeftovers: () => [book!, book!] }, log }, connection);
  // The process lives after all.
  call(1);
  await saveUsage({ meter, log }, connection);
  connection.release();
  expect(await stored()).toBe(8);
});
