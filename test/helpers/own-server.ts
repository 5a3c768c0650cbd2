import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Connection, createConnection, escape } from 'mysql2/promise';
import type { Database as Server, StartOptions } from '../../scripts/lib/database.mjs';
import { atFileEnd } from './clean-up.ts';
import { documentedGrant, type FreshDatabase, serverKind, streamOf } from './database.ts';
import { startUntilFileEnd } from './database-server.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** A server of the test server's kind that no other test file uses: its globals may be set. */
export type OwnServer = {
  readonly server: Server;
  /** With all rights. */
  readonly root: Connection;
  /** An empty database, and the documented user of it, who is no administrator. */
  database(name: string): Promise<FreshDatabase>;
  /** Sets globals for new sessions, or none, and resets what the last call set. */
  setGlobals(values: Readonly<Record<string, string>>): Promise<void>;
};

/** Connections of the current test file. */
const connections = new Set<Connection>();

// Without waiting for an answer, so that nothing delays the end of the server.
atFileEnd(() => {
  for (const connection of connections) connection.destroy();
  connections.clear();
});

/**
 * Starts it, with its own data folder; it ends with the test file.
 * @param settings more options of the server; `root` is the folder that it sees as `/`, empty if it is no chroot.
 */
export async function startOwnServer(
  settings: (root: string) => readonly string[] = () => [],
): Promise<OwnServer> {
  const { server: found, dataDir } = await program();
  const server = await startUntilFileEnd({
    root: ROOT,
    log: () => undefined,
    inMemory: true,
    dataDir,
    server: { ...found, settings: [...(found.settings ?? []), ...settings(found.root)] },
  });
  const login = { host: server.host, port: server.port, user: server.user, password: '' };
  const options = { dateStrings: true, supportBigNumbers: true, bigNumberStrings: true, jsonStrings: true };
  const connect = async (more: { database?: string } = {}): Promise<Connection> => {
    const connection = await createConnection({ ...login, ...options, ...more });
    connections.add(connection);
    return connection;
  };
  const root = await connect();
  await dropLeftovers(root);
  const password = 'own';
  await root.query(`CREATE USER IF NOT EXISTS 'trestle'@'%' IDENTIFIED BY '${password}'`);
  const database: OwnServer['database'] = async (label) => {
    const name = `own_${process.pid}_${label}`;
    await root.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
    await root.query(documentedGrant().replace('trestle.*', `${name}.*`).replace('localhost', '%'));
    const connection = await connect({ database: name });
    const { host, port } = server;
    const env = {
      MYSQL_HOST: host,
      MYSQL_PORT: String(port),
      MYSQL_DATABASE: name,
      MYSQL_USER: 'trestle',
      MYSQL_PASSWORD: password,
    };
    const query: FreshDatabase['query'] = async <T>(sql: string, params: unknown[] = []) => {
      const [rows] = await connection.query(sql, params);
      return rows as T[];
    };
    return {
      name,
      host,
      port,
      user: 'trestle',
      password,
      env,
      query,
      stream: streamOf(connection),
      drop: async () => undefined,
    };
  };
  return { server, root, database, setGlobals: createGlobalsSetter(root) };
}

/** Drops databases of earlier test files, which remain if the data are on a disk. */
async function dropLeftovers(root: Connection): Promise<void> {
  const [rows] = await root.query("SHOW DATABASES LIKE 'own\\_%'");
  for (const [name] of (rows as Record<string, string>[]).map(Object.values))
    await root.query(`DROP DATABASE ${name}`);
}

function createGlobalsSetter(root: Connection): OwnServer['setGlobals'] {
  const before = new Map<string, string>();
  return async (values) => {
    for (const [name, value] of before) await root.query(`SET GLOBAL ${name} = ${literal(value)}`);
    before.clear();
    for (const [name, value] of Object.entries(values)) {
      const [rows] = await root.query(`SELECT @@GLOBAL.${name} AS value`);
      before.set(name, String((rows as { value: string | number | null }[])[0]?.value ?? ''));
      await root.query(`SET GLOBAL ${name} = ${literal(value)}`);
    }
  };
}

function literal(value: string): string {
  return /^\d+(\.\d+)?$/.test(value) ? value : escape(value);
}

/** The program of the test server's kind, with a separate data folder. */
export async function program(): Promise<Required<Pick<StartOptions, 'server' | 'dataDir'>>> {
  const dataDir = join(ROOT, `.local/db-${serverKind()}-own`);
  const script = (name: string): Promise<unknown> =>
    import(pathToFileURL(join(ROOT, 'scripts/lib', name)).href);
  const { findServer } = (await script('find-server.mjs')) as { findServer(): StartOptions['server'] };
  const found = findServer();
  if (found?.kind === serverKind()) return { server: found, dataDir };
  const { provideSidMysql } = (await script('mysql-sid.mjs')) as {
    provideSidMysql(log: () => void): Promise<Required<Pick<StartOptions, 'server' | 'dataDir'>>>;
  };
  const sid = await provideSidMysql(() => undefined);
  return { server: sid.server, dataDir: `${sid.dataDir}-own` };
}
