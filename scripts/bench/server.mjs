import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aptInstall, canInstall, findServer } from '../lib/find-server.mjs';
import { provideSidMysql } from '../lib/mysql-sid.mjs';
import { makeFolder, root } from '../lib/project.mjs';
import { ScriptError } from '../lib/run.mjs';
import { startServer } from '../lib/server.mjs';
import { trackLeftovers } from './leftovers.mjs';

/**
 * @typedef {'mariadb' | 'mysql'} Kind
 * @typedef {Awaited<ReturnType<typeof startBenchServer>>} Server
 */

/** Realistic options: durable, with enough memory for the loaded data. */
const OPTIONS = {
  mariadb: ['--innodb-log-file-size=1G'],
  mysql: ['--innodb-redo-log-capacity=1G'],
  both: [
    '--innodb-buffer-pool-size=1G',
    '--innodb-flush-log-at-trx-commit=1',
    '--innodb-doublewrite=1',
    '--max-allowed-packet=1G',
    '--local-infile=1',
  ],
};

/**
 * Starts a server for the bench, with a separate data folder that is removed afterwards.
 * @param {Kind} kind
 * @param {(line: string) => void} log
 */
export async function startBenchServer(kind, log) {
  const { server, dataDir } = await provideServer(kind, log);
  const program = { ...server, settings: [...OPTIONS.both, ...OPTIONS[kind]] };
  const left = trackLeftovers();
  const running = await startServer(program, dataDir, log);
  const { createConnection } = await import('mysql2/promise');
  const { port, pid, version } = running;
  const connection = await createConnection({
    host: '127.0.0.1',
    port,
    user: 'root',
    multipleStatements: true,
  });
  /** @param {string} sql @returns {Promise<Record<string, unknown>[]>} */
  const query = async (sql) => {
    const [rows] = await connection.query(sql);
    return Array.isArray(rows) ? rows.map((row) => Object.fromEntries(Object.entries(row))) : [];
  };
  const [dir] = await query('SELECT @@datadir AS path');
  const path = String(dir?.['path']);
  const hostPath = (/** @type {string} */ inside) => join(server.root || '/', inside);
  const ours = dirname(hostPath(path));
  left.add(ours, `${ours}.log`);
  return {
    kind,
    version,
    port,
    pid,
    query,
    connection,
    /** The server's data folder in its own file system; `hostPath` converts to ours. */
    dataDir: path,
    hostPath,
    written: async () => {
      const status = await query(
        "SHOW GLOBAL STATUS WHERE Variable_name IN ('Innodb_data_written', 'Innodb_os_log_written')",
      );
      return status.reduce((sum, row) => sum + Number(row['Value']), 0);
    },
    /** Writes the pages of all tables of a database. @param {string} name */
    flush: async (name) => {
      const tables = await query(
        `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${name}' AND engine = 'InnoDB'`,
      );
      await query(
        `FLUSH TABLES ${tables.map((row) => `${name}.${String(row['name'])}`).join(', ')} FOR EXPORT`,
      );
      await query('UNLOCK TABLES');
    },
    /** CPU seconds so far; undefined without /proc. */
    cpu: () => readCpu(pid),
    stop: async () => {
      connection.destroy();
      await running.stop();
      left.remove();
    },
  };
}

/** @param {Kind} kind @param {(line: string) => void} log */
async function provideServer(kind, log) {
  const dataDir = join(makeFolder('.local'), `bench-${kind}`);
  if (kind === 'mysql') {
    const installed = findServer('mysqld');
    if (installed !== undefined) return { server: installed, dataDir };
    const sid = await provideSidMysql(log);
    return { server: sid.server, dataDir: `${sid.dataDir}-bench` };
  }
  if (findServer('mariadbd') === undefined && canInstall()) {
    await aptInstall(['mariadb-server'], { logFile: join(root, '.local/apt.log'), log });
  }
  const server = findServer('mariadbd');
  if (server === undefined)
    throw new ScriptError('There is no mariadbd on this machine: install it, or use --server mysql');
  return { server, dataDir };
}

/** @param {number} pid @returns {number | undefined} */
export function readCpu(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    // Clock ticks, a hundredth of a second each on Linux.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}
