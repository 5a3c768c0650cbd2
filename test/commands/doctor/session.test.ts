import { afterAll, beforeAll, expect, test } from 'vitest';
import { listDatabaseChecks } from '../../../src/commands/doctor/database.ts';
import { checkSession } from '../../../src/commands/doctor/session.ts';
import type { Parts } from '../../../src/app/checkup.ts';
import { type Database, openDatabase } from '../../../src/db/pool.ts';
import { freshDatabase } from '../../helpers/database.ts';

let database: Database;
let parts: Parts;

beforeAll(async () => {
  const db = await freshDatabase();
  database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  parts = { database, servers: [], config: { mysql: { ...db, database: db.name } } } as unknown as Parts;
});

afterAll(() => database.close());

/** What doctor finds on the pool's connection after this statement was run there. */
async function afterwards(statement: string) {
  const connection = await database.connect();
  await connection.run(statement);
  connection.release();
  const check = listDatabaseChecks(() => parts, false).find(({ name }) => name === 'database session')!;
  const finding = await check.run();
  connection.drop();
  return finding;
}

test('promise 7: a session with our settings passes', async () => {
  const { result, what } = await afterwards('DO 0');
  expect(result).toBe('ok');
  expect(Number.parseInt(what, 10)).toBeGreaterThan(25);
});

test.each([
  ['sql_select_limit', '20', 'fail'],
  ['character_set_client', 'latin1', 'fail'],
  ['collation_connection', 'utf8mb4_bin', 'fail'],
  ['sql_mode', "'ANSI_QUOTES'", 'fail'],
  ['time_zone', "'+01:00'", 'fail'],
  ['sql_safe_updates', '1', 'warn'],
  ['completion_type', '1', 'warn'],
  ['innodb_lock_wait_timeout', '3', 'warn'],
])('promise 7: a session whose %s is %s is reported: %s', async (name, value, result) => {
  const finding = await afterwards(`SET SESSION ${name} = ${value}`);
  expect(finding.result).toBe(result);
  expect(finding.what.split('\n')[0]).toMatch(new RegExp(`^${name} is '`));
  expect(finding.advice).toMatch(result === 'fail' ? /MYSQL_HOST/ : new RegExp(`SET GLOBAL ${name} = `));
});

test('a variable that the server does not have is not compared', () => {
  expect(checkSession({ time_zone: '+00:00', autocommit: 'ON' }).result).toBe('ok');
});
