import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/pool.ts';
import { readSession } from '../../src/db/read-session.ts';
import { SESSION_SETTINGS } from '../../src/db/session.ts';
import { read, section } from '../docs/documents.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import { type Proxy, proxyTo } from '../helpers/proxy.ts';

let db: FreshDatabase;
let proxy: Proxy;
let database: Database;

beforeAll(async () => {
  db = await freshDatabase();
  proxy = await proxyTo(db.host, db.port);
});

beforeEach(() => {
  database = openDatabase({ ...db, port: proxy.port, socket: undefined, database: db.name, tls: undefined });
  return () => database.close();
});

afterAll(() => proxy.close());

const [UNKNOWN_VARIABLE, DENIED] = [1193, 1227];

/** Answers for a server that refuses every statement that sets this variable. */
function refuse(name: string, errno: number): void {
  proxy.refuse = ({ sql }) =>
    sql.startsWith('SET SESSION') && sql.includes(`${name} =`) ? errno : undefined;
}

test.each([
  ['lacks', 'net_write_timeout', UNKNOWN_VARIABLE],
  ['lets only administrators set', 'max_join_size', DENIED],
])('a server that %s %s gives a connection with all the others', async (_, name, errno) => {
  refuse(name, errno);
  const connection = await database.connect();
  const values = await readSession(connection);
  expect(values).toMatchObject({
    character_set_client: 'utf8mb4',
    lock_wait_timeout: '60',
    net_read_timeout: '60',
  });
  // The next one does not try it again.
  proxy.refuse = ({ sql }) => (sql.includes(name) ? 1105 : undefined);
  (await database.connect()).drop();
  connection.drop();
});

test.each(SESSION_SETTINGS.filter(({ isEssential }) => isEssential === true).map(({ name }) => name))(
  'promise 7: without %s there is no connection',
  async (name) => {
    refuse(name, DENIED);
    await expect(database.connect()).rejects.toMatchObject({ cause: { errno: DENIED } });
    await expect(database.select('SELECT 1 AS one')).rejects.toMatchObject({ cause: { errno: DENIED } });
    proxy.refuse = undefined;
    expect(await database.select('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  },
);

test('every variable is explained in docs/database.md', () => {
  const text = section(read('docs/database.md'), '## Session');
  expect(
    SESSION_SETTINGS.filter(({ name }) => !text.includes(`\`${name}\``)).map(({ name }) => name),
  ).toEqual([]);
});
