import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Connection as CallbackConnection } from 'mysql2';
import { type Connection, createConnection } from 'mysql2/promise';
import { atFileEnd } from './clean-up.ts';

export interface FreshDatabase {
  name: string;
  host: string;
  port: number;
  /** The tool's own user: it has the rights that docs/database.md lists, on this database alone. */
  user: string;
  password: string;
  /** For a child process: the variables that the tool itself reads. */
  env: Record<string, string>;
  /** The rows; for a statement that has none, what the server says about it. Runs with all rights, unlike the tool. */
  query: <T = Record<string, unknown>>(sql: string, params?: unknown[]) => Promise<T[]>;
  /** The rows of a query one by one, however many there are. No other query may run until the last one was taken. */
  stream: <T = Record<string, unknown>>(sql: string) => AsyncIterable<T>;
  drop: () => Promise<void>;
}

export interface FreshDatabaseOptions {
  /** Tells databases apart when a test needs several, or when one is left to look at. */
  label?: string;
  /** Leaves it on the server when the test file ends. */
  keep?: boolean;
}

/** Leaves databases and folders when the tests end, to look for what must not be in them. */
export const isKept = process.env['TRESTLE_TEST_KEEP'] !== undefined;

const open = new Set<FreshDatabase>();

atFileEnd(async () => {
  for (const database of open) await database.drop();
});

/** A new empty database on the test server. It is dropped when the test file ends, unless TRESTLE_TEST_KEEP is set. */
export async function freshDatabase(options: FreshDatabaseOptions = {}): Promise<FreshDatabase> {
  const server = testServer();
  const name = `trestle_test_${options.label ?? process.pid}_${randomBytes(5).toString('hex')}`;
  const connection = await connect();
  await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  const tool = { ...server, ...(await makeUser(connection, name)) };
  await connection.changeUser({ database: name });
  const database: FreshDatabase = {
    name,
    ...tool,
    env: childEnvironment(tool, name),
    query: async <T>(sql: string, params: unknown[] = []) => {
      const [rows] = await connection.query(sql, params);
      return listOf<T>(rows);
    },
    stream: streamOf(connection),
    drop: async () => {
      if (!open.delete(database)) return;
      if (options.keep !== true && !isKept) {
        await connection.query(`DROP DATABASE IF EXISTS ${name}`);
        await connection.query(`DROP USER IF EXISTS '${tool.user}'@'%'`);
      }
      await connection.end();
    },
  };
  open.add(database);
  return database;
}

/** The GRANT that docs/database.md tells people to run, for a database of the name `trestle` and a user `trestle`. */
export function documentedGrant(): string {
  const text = readFileSync(new URL('../../docs/database.md', import.meta.url), 'utf8');
  const grant = /^GRANT .+ ON trestle\.\* TO 'trestle'@'localhost';$/m.exec(text)?.[0];
  if (grant === undefined) throw new Error('docs/database.md has no GRANT for the tool');
  return grant;
}

/** The user that a person makes who follows docs/database.md; from any host, as tests may reach the server in a container. */
async function makeUser(connection: Connection, name: string): Promise<{ user: string; password: string }> {
  const [user, password] = [`tool_${randomBytes(5).toString('hex')}`, randomBytes(12).toString('hex')];
  await connection.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
  const grant = documentedGrant().replace('trestle.*', `\`${name.replaceAll('_', '\\_')}\`.*`);
  await connection.query(grant.replace("'trestle'@'localhost'", `'${user}'@'%'`));
  return { user, password };
}

/** mysql2 streams rows only on the connection below that of promises, which its types do not show. */
export function streamOf(connection: Connection): FreshDatabase['stream'] {
  const { connection: inner } = connection as unknown as { connection: CallbackConnection };
  return (sql) => inner.query(sql).stream();
}

/** What a query's rows look like is for the caller to say: mysql2 can't know. */
function listOf<T>(rows: unknown): T[] {
  const list: unknown = Array.isArray(rows) ? rows : [rows];
  return isListOf<T>(list) ? list : [];
}

function isListOf<T>(value: unknown): value is T[] {
  return Array.isArray(value);
}

type ServerKind = 'mysqld' | 'mariadbd';

export function serverKind(): ServerKind {
  return process.env['TEST_MYSQL_KIND'] === 'mysqld' ? 'mysqld' : 'mariadbd';
}

function connect(): Promise<Connection> {
  const socketPath = process.env['TEST_MYSQL_SOCKET'];
  return createConnection({
    ...testServer(),
    ...(socketPath === undefined ? {} : { socketPath }),
    charset: 'utf8mb4',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    // MySQL's JSON columns would come parsed, MariaDB's as text.
    jsonStrings: true,
  });
}

function testServer(): { host: string; port: number; user: string; password: string } {
  return {
    host: variable('TEST_MYSQL_HOST'),
    port: Number(variable('TEST_MYSQL_PORT')),
    user: variable('TEST_MYSQL_USER'),
    password: variable('TEST_MYSQL_PASSWORD'),
  };
}

function childEnvironment(server: ReturnType<typeof testServer>, name: string): Record<string, string> {
  const socket = process.env['TEST_MYSQL_SOCKET'];
  return {
    MYSQL_HOST: server.host,
    MYSQL_PORT: String(server.port),
    MYSQL_DATABASE: name,
    MYSQL_USER: server.user,
    MYSQL_PASSWORD: server.password,
    ...(socket === undefined ? {} : { MYSQL_SOCKET: socket }),
  };
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the tests with npm test or npx vitest`);
  return value;
}
