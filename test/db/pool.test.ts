import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Connection, type Database, openDatabase } from '../../src/db/pool.ts';
import { SESSION_SETTINGS } from '../../src/db/session.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { type Command, proxyTo } from '../helpers/proxy.ts';

let db: FreshDatabase;
let database: Database;
let connection: Connection;

function openAt(port: number): Database {
  return openDatabase({ ...db, port, socket: undefined, database: db.name, tls: undefined });
}

beforeAll(async () => {
  db = await freshDatabase();
  await db.query(
    'CREATE TABLE t (id INT PRIMARY KEY, a LONGTEXT, b LONGTEXT) CHARACTER SET utf8mb4 ENGINE = InnoDB',
  );
  database = openAt(db.port);
  connection = await database.connect();
});

afterAll(async () => {
  connection.release();
  await database.close();
});

test('promise 7: bound values are stored unchanged, as text and as bytes, including quotes and backslashes', async () => {
  const text = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 5 }),
        fc.constantFrom(...'\\\'"`%_\0\n\u001A;?'.split('')),
      ),
    )
    .map((parts) => parts.join('').toWellFormed());
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      await connection.run(
        'INSERT INTO t VALUES (1, ?, ?) ON DUPLICATE KEY UPDATE a = VALUES(a), b = VALUES(b)',
        [value, Buffer.from(value)],
      );
      const hex = Buffer.from(value).toString('hex').toUpperCase();
      expect(await connection.select('SELECT HEX(a) AS a, HEX(b) AS b, a AS text FROM t')).toEqual([
        { a: hex, b: hex, text: value },
      ]);
    }),
    { numRuns: 300 },
  );
});

test('promise 7: a connection that only reads has the same session as one that writes', async () => {
  const names = SESSION_SETTINGS.map(({ name }) => `'${name}'`).join(', ');
  const sql = `SHOW SESSION VARIABLES WHERE Variable_name IN (${names})`;
  // The other connection is taken: this one is new.
  const read = await database.select<{ Variable_name: string }>(sql);
  expect(read.length).toBeGreaterThan(25);
  expect(read).toEqual(await connection.select(sql));
});

test('a connection takes two statements to set its session and database, and the first one four', async () => {
  const proxy = await proxyTo(db.host, db.port);
  const sent: Command[] = [];
  proxy.refuse = (command) => {
    if (command.sql !== 'CONNECT') sent.push(command);
    return undefined;
  };
  const proxied = openAt(proxy.port);
  const held = [await proxied.connect(), await proxied.connect()];
  held[0]!.release();
  // Taken again, it takes none.
  held[0] = await proxied.connect();
  const [first, second] = [1, 2].map((number) => sent.filter((each) => each.connection === number));
  expect(first!.map(({ sql }) => sql.slice(0, 4))).toEqual(['SET ', 'SHOW', 'SET ', 'USE ']);
  expect(second!.map(({ sql }) => sql.slice(0, 4))).toEqual(['SET ', 'USE ']);
  for (const each of held) each.release();
  await proxied.close();
  await proxy.close();
});

test('promise 22: a connection keeps 32 prepared statements, those that were used last', async () => {
  const proxy = await proxyTo(db.host, db.port);
  const prepared: string[] = [];
  proxy.refuse = ({ sql, isPrepared }) => {
    if (!isPrepared && sql.startsWith('SELECT 1 ')) prepared.push(sql);
    return undefined;
  };
  const proxied = openAt(proxy.port);
  const held = await proxied.connect();
  const ask = (number: number) => held.select(`SELECT 1 AS n${number} FROM t WHERE id = ?`, ['1']);
  for (let number = 1; number <= 32; number += 1) await ask(number);
  for (const number of [1, 33, 1, 2]) await ask(number);
  // The second one was the oldest when the 33rd came, and is prepared again.
  expect(prepared.map((sql) => Number(/AS n(\d+)/.exec(sql)?.[1])).slice(31)).toEqual([32, 33, 2]);
  held.release();
  await proxied.close();
  await proxy.close();
});

test('a connection is strict, in UTC, and has no escapes in texts', async () => {
  const [row] = await connection.select<{ mode: string; zone: string; text: string }>(
    String.raw`SELECT @@SESSION.sql_mode AS mode, @@SESSION.time_zone AS zone, '\' AS text`,
  );
  expect(row).toMatchObject({ zone: '+00:00', text: '\\' });
  expect(row!.mode.split(',')).toEqual(expect.arrayContaining(['STRICT_ALL_TABLES', 'NO_BACKSLASH_ESCAPES']));
});
