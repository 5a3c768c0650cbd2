import { describe, expect, test } from 'vitest';
import { freshDatabase, serverKind } from '../helpers/database.ts';

describe('the test server', () => {
  test('answers, and is the kind of server that it says', async () => {
    const { query } = await freshDatabase();
    const [row] = await query<{ version: string }>('SELECT VERSION() AS version');
    expect(/mariadb/i.test(row?.version ?? '')).toBe(serverKind() === 'mariadbd');
  });

  test('keeps its own variables out of the tool’s environment', () => {
    expect(Object.keys(process.env).filter((name) => name.startsWith('MYSQL_'))).toEqual([]);
  });
});

describe('a fresh database', () => {
  test('is empty, and has a name that no other one has', async () => {
    const [one, other] = [await freshDatabase(), await freshDatabase()];
    expect(one.name).not.toBe(other.name);
    expect(await one.query('SHOW TABLES')).toEqual([]);
  });

  test('gives a child process the variables to reach it', async () => {
    const { env, name } = await freshDatabase();
    expect(env).toMatchObject({ MYSQL_DATABASE: name, MYSQL_PORT: process.env['TEST_MYSQL_PORT'] });
  });

  test('keeps characters of four bytes, long decimals, big numbers and microseconds as they are', async () => {
    const { query } = await freshDatabase();
    await query('CREATE TABLE t (a VARCHAR(20), b DECIMAL(30, 10), c BIGINT, d DATETIME(6))');
    const row = {
      a: '🏡 à vendre 𠮷',
      b: '12345678901234567890.1234567890',
      c: '9007199254740993',
      d: '2024-02-29 23:59:59.123456',
    };
    await query('INSERT INTO t SET ?', [row]);
    expect(await query('SELECT * FROM t')).toEqual([row]);
  });

  test('is gone once it is dropped', async () => {
    const [dropped, watching] = [await freshDatabase(), await freshDatabase()];
    await dropped.drop();
    expect(await watching.query('SHOW DATABASES LIKE ?', [dropped.name])).toEqual([]);
  });
});
