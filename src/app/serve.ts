import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { type Database, openDatabase } from '../db/pool.ts';
import type { SessionSetting } from '../db/session.ts';
import { readPrivate, writePrivate } from '../host/private-file.ts';
import type { Logs } from '../log/log.ts';
import { readRunLines } from '../log/read-run-lines.ts';
import type { Logger } from '../model/log.ts';
import type { RunLines, RunTime } from '../model/run-lines.ts';
import type { ServeSettings } from '../model/serve-settings.ts';

/** What only `serve` uses. */
export type OpenedServe = {
  /** A separate small pool, whose transactions are read-only. */
  readonly database: Database;
  readonly settings: ServeSettings;
  /** Signs cursors; the same after a restart, if STATE_DIR can be written. */
  readonly cursorSecret: Buffer;
  readonly log: Logger;
  /** Reads what a run logged on this machine; undefined if LOG_DIR cannot be read. */
  readonly readRunLines: (run: RunTime, max: number) => Promise<RunLines | undefined>;
};

const MAX_CONNECTIONS = 4;
const MAX_WAITING = 200;
const MAX_STATEMENT_SECONDS = 5;

/** A statement that takes longer is ended by the server: MariaDB counts seconds, MySQL milliseconds. */
const LIMITS: readonly SessionSetting[] = [
  { name: 'max_statement_time', value: String(MAX_STATEMENT_SECONDS), isRare: true },
  { name: 'max_execution_time', value: String(MAX_STATEMENT_SECONDS * 1000), isRare: true },
  { name: 'transaction_read_only', value: '1', isRare: true },
  { name: 'tx_read_only', value: '1', isRare: true },
  { name: 'lock_wait_timeout', value: String(MAX_STATEMENT_SECONDS) },
];

/** The file of STATE_DIR with the secret of cursors. */
const SECRET_FILE = 'serve.json';
const SECRET_BYTES = 32;

export function openServe(config: Config, logs: Pick<Logs, 'openRequests'>): OpenedServe {
  const log = logs.openRequests();
  const database = openDatabase(config.mysql, {
    maxConnections: MAX_CONNECTIONS,
    maxWaiting: MAX_WAITING,
    settings: LIMITS,
  });
  return {
    database: { ...database, close: () => closeDatabase(database, log) },
    settings: config.serve,
    cursorSecret: readSecret(join(config.stateDir, SECRET_FILE)),
    log,
    readRunLines: (run, max) => readRunLines(config.log.dir, run, max),
  };
}

/** A database that hangs cannot be closed properly, and the process ends anyway. */
async function closeDatabase(database: Database, log: Logger): Promise<void> {
  try {
    await database.close();
  } catch (err) {
    log.warn({ err }, 'the connections to the database could not be closed');
  }
}

/** Reads the secret, or creates it. A user who cannot write it has one until the process ends. */
function readSecret(path: string): Buffer {
  const stored = readPrivate(path);
  if (typeof stored === 'object' && stored !== null && 'cursorSecret' in stored) {
    const secret = Buffer.from(String(stored.cursorSecret), 'base64');
    if (secret.length === SECRET_BYTES) return secret;
  }
  const secret = randomBytes(SECRET_BYTES);
  try {
    writePrivate(path, { cursorSecret: secret.toString('base64') });
  } catch {
    // Cursors end with this process.
  }
  return secret;
}
