import { basename, dirname, join } from 'node:path';
import { endOrphans } from './data-folder.mjs';
import { findOrInstallServer, useAnotherServer } from './find-server.mjs';
import { readGreeting } from './greeting.mjs';
import { makeMemoryFolder, mountMemoryFolder } from './memory-folder.mjs';
import { ScriptError } from './run.mjs';
import { startServer } from './server.mjs';

/** @typedef {import('./database.d.mts').Database} Database */

/**
 * Provides a MySQL-compatible server for tests and the demo: the one that MYSQL_HOST or MYSQL_SOCKET names, otherwise a private
 * one on 127.0.0.1 with its data in .local/ or in memory.
 * @param {import('./database.d.mts').StartOptions} options
 * @returns {Promise<Database>}
 */
export async function startDatabase({ root, dataDir, server: wanted, inMemory = false, log = console.log }) {
  const given = await givenDatabase();
  if (given) {
    log(`Using the server that MYSQL_* names: ${given.kind} ${given.version}`);
    return given;
  }
  const local = join(root, '.local');
  const server = wanted ?? (await findOrInstallServer({ logFile: join(local, 'apt.log'), log }));
  const folder = inMemory ? await makeMemoryFolderFor(server, root) : undefined;
  const onDisk = dataDir ?? join(local, `db-${server.kind}`);
  const path = folder === undefined ? onDisk : join(folder, basename(onDisk));
  const running = await startServer(server, path, log);
  log(`Started ${server.kind} ${running.version} on 127.0.0.1:${running.port}`);
  const stop = async () => {
    await running.stop();
    for (const parent of new Set([dirname(path), dirname(onDisk)])) await endOrphans(parent);
  };
  return { host: '127.0.0.1', user: 'root', password: '', kind: server.kind, ...running, stop };
}

/**
 * @param {import('./find-server.mjs').Server} server
 * @param {string} root
 */
async function makeMemoryFolderFor(server, root) {
  return server.root === '' ? makeMemoryFolder(root) : await mountMemoryFolder(server.root);
}

/** @returns {Promise<Database | undefined>} */
export async function givenDatabase() {
  const { MYSQL_HOST, MYSQL_SOCKET, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD } = process.env;
  if (!MYSQL_HOST && !MYSQL_SOCKET) return undefined;
  const host = MYSQL_HOST || '127.0.0.1';
  const port = Number(MYSQL_PORT || 3306);
  const version = await readGreeting(MYSQL_SOCKET ? { path: MYSQL_SOCKET } : { host, port });
  if (version === undefined) {
    const address = MYSQL_SOCKET ? `MYSQL_SOCKET=${MYSQL_SOCKET}` : `MYSQL_HOST=${host} MYSQL_PORT=${port}`;
    throw new ScriptError(
      `No MySQL server answers at ${address}.\nStart it, or unset the variable to get a private server, or use\n${useAnotherServer}`,
    );
  }
  return {
    host,
    port,
    user: MYSQL_USER || 'root',
    password: MYSQL_PASSWORD ?? '',
    socket: MYSQL_SOCKET || undefined,
    kind: /mariadb/i.test(version) ? 'mariadbd' : 'mysqld',
    version,
    pid: undefined,
    given: true,
    stop: async () => {},
  };
}

/**
 * Returns the environment for a test process: without the tool's MYSQL_* variables, with the server in TEST_MYSQL_*.
 * @param {Database} database
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function testEnvironment(database, env = process.env) {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !/^(TEST_)?MYSQL_/.test(name))),
    TEST_MYSQL_HOST: database.host,
    TEST_MYSQL_PORT: String(database.port),
    TEST_MYSQL_USER: database.user,
    TEST_MYSQL_PASSWORD: database.password,
    TEST_MYSQL_KIND: database.kind,
    ...(database.given && database.socket ? { TEST_MYSQL_SOCKET: database.socket } : {}),
  };
}
