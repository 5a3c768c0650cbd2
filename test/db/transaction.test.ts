import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Connection, type Database, openDatabase, type DatabaseTools } from '../../src/db/pool.ts';
import { transaction } from '../../src/db/transaction.ts';
import { FatalError, RowRefusedError, UnavailableError } from '../../src/errors.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { type FakeClock, fakeClock } from '../helpers/fake-clock.ts';

const none = (): void => undefined;

let db: FreshDatabase;
let database: Database;
let connection: Connection;
let clock: FakeClock;

beforeAll(async () => {
  db = await freshDatabase();
  await db.query('CREATE TABLE t (id INT PRIMARY KEY, n INT) ENGINE = InnoDB');
  database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  connection = await database.connect();
  await connection.run('SET SESSION innodb_lock_wait_timeout = 1');
});

beforeEach(async () => {
  clock = fakeClock();
  await db.query('DELETE FROM t');
  await db.query('INSERT INTO t VALUES (1, 0), (2, 0)');
});

afterAll(() => database.close());

/** `onRetry` is done in the wait before a transaction is run again. */
function toolsWith(onRetry: () => Promise<void>): DatabaseTools {
  const sleep: DatabaseTools['clock']['sleep'] = async (ms) => {
    await clock.sleep(ms);
    await onRetry();
  };
  const log = { debug: none, info: none, warn: none, error: none };
  return { clock: { now: clock.now, sleep }, random: () => 1, log, signal: new AbortController().signal };
}

const quiet = async (): Promise<void> => undefined;

describe('a transaction', () => {
  test('that the server rolled back without an error is retried as a whole', async () => {
    let tries = 0;
    await transaction(connection, toolsWith(quiet), async (session) => {
      tries += 1;
      await session.run('UPDATE t SET n = n + 1 WHERE id = 1');
      if (tries === 1) await connection.run('ROLLBACK');
      await session.run('UPDATE t SET n = n + 1 WHERE id = 2', []);
    });
    expect(tries).toBe(2);
    // The statement that showed it was committed alone, and is repeated with the others.
    expect(await connection.select('SELECT n FROM t ORDER BY id')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('that reads a table altered after its snapshot is retried as a whole', async () => {
    await db.query('CREATE TABLE other (id INT PRIMARY KEY)');
    let tries = 0;
    await transaction(connection, toolsWith(quiet), async (session) => {
      tries += 1;
      await session.run('UPDATE t SET n = n + 1 WHERE id = 1');
      await session.select('SELECT n FROM t');
      if (tries === 1) await db.query('ALTER TABLE other ADD COLUMN more INT, FORCE');
      await session.select('SELECT id FROM other');
    });
    expect(tries).toBe(2);
    expect(await connection.select('SELECT n FROM t WHERE id = 1')).toEqual([{ n: 1 }]);
  });

  test('whose lock wait timed out is rolled back and retried as a whole', async () => {
    const other = await database.connect();
    await other.run('START TRANSACTION');
    await other.run('UPDATE t SET n = 100 WHERE id = 2');
    let tries = 0;
    const free = async (): Promise<void> => void (await other.run('COMMIT'));
    await transaction(connection, toolsWith(free), async (session) => {
      tries += 1;
      await session.run('UPDATE t SET n = n + 1 WHERE id = 1');
      await session.run('UPDATE t SET n = n + 1 WHERE id = 2');
    });
    other.release();
    expect(tries).toBe(2);
    // Without the rollback the next START TRANSACTION would commit the first half.
    expect(await db.query('SELECT n FROM t ORDER BY id')).toEqual([{ n: 1 }, { n: 101 }]);
  });

  test('that is rolled back five times in a row fails and leaves nothing', async () => {
    const other = await database.connect();
    await other.run('START TRANSACTION');
    await other.run('UPDATE t SET n = 100 WHERE id = 2');
    const work = transaction(connection, toolsWith(quiet), async (session) => {
      await session.run('UPDATE t SET n = n + 1 WHERE id = 1');
      await session.run('UPDATE t SET n = n + 1 WHERE id = 2');
    });
    const error: unknown = await work.catch((reason: unknown) => reason);
    await other.run('ROLLBACK');
    other.release();
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({ hint: expect.stringContaining('another process') });
    expect(clock.sleeps).toEqual([50, 100, 200, 400]);
    expect(await db.query('SELECT n FROM t ORDER BY id')).toEqual([{ n: 0 }, { n: 0 }]);
  });

  test.each([
    ['a row that is refused', 'INSERT INTO t VALUES (1, 1)', RowRefusedError],
    ['a statement that is none', 'SELEKT 1', FatalError],
  ])('with %s is rolled back and not retried', async (_, statement, kind) => {
    let tries = 0;
    const work = transaction(connection, toolsWith(quiet), async (session) => {
      tries += 1;
      await session.run('UPDATE t SET n = n + 1 WHERE id = 1');
      await session.run(statement);
    });
    await expect(work).rejects.toThrow(kind);
    expect(tries).toBe(1);
    expect(await db.query('SELECT n FROM t ORDER BY id')).toEqual([{ n: 0 }, { n: 0 }]);
  });
});
