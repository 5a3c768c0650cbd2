import { DUPLICATE_KEY, errnoOf } from '../db/errors.ts';
import type { LockedConnection } from '../db/locked-connection.ts';
import type { Connection, Session } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { UnavailableError } from '../errors.ts';
import { insertPayloads, type PayloadWriter } from '../load/payloads.ts';
import type { Row } from '../model/row.ts';
import { saveEarlyKeys } from '../record/early-payload.ts';
import { databaseToolsOf, type RunTools } from './active-run.ts';

/** With fewer bytes, a second connection costs more than it saves. */
const MIN_BYTES = 1_000_000;

/** After this many failures the run's own transaction stores all payloads. */
const MAX_FAILURES = 2;

/** A connection that was idle for longer is replaced before the server closes it. */
const MAX_IDLE_MS = 30_000;

/** The server closes the connection, and releases its locks, after this time without a statement. */
const WAIT_TIMEOUT_SECONDS = 60;

/**
 * Creates the writer that commits the payloads of new rows on a separate connection, while the run's transaction writes their
 * columns. Payloads are committed before their rows, and only for keys that have none. After a crash, the next run that reads the
 * page replaces them; etl_early_payload has the keys of those that do not come again (retention/purge-payloads.ts).
 * @param main the connection of the run's transactions.
 */
export function createPayloadWriter(
  tools: RunTools,
  main: LockedConnection,
  { run, maxBytes }: { readonly run: number; readonly maxBytes: number },
): PayloadWriter {
  let held: { readonly connection: Connection; readonly renewals: number; usedAt: number } | undefined;
  let failures = 0;
  const close = (): void => {
    held?.connection.drop();
    held = undefined;
  };
  const insert = async (dataset: Dataset, rows: readonly Row[]): Promise<void> => {
    const { now } = tools.clock;
    // After a failover, the old server may still accept writes.
    if (held?.renewals !== main.renewals || now() - held.usedAt > MAX_IDLE_MS) close();
    held ??= { connection: await connect(tools, main), renewals: main.renewals, usedAt: 0 };
    const limits = { ...tools.settings, maxBytes: Math.min(maxBytes, main.maxStatementBytes / 2) };
    const keys = rows.map(({ key }) => key);
    const work = async (session: Session): Promise<void> => {
      await saveEarlyKeys(session, dataset.name, { run, keys });
      await insertPayloads(session, dataset, rows, limits);
    };
    await transaction(held.connection, databaseToolsOf(tools), work, 1);
    held.usedAt = now();
  };
  return {
    commit: async (dataset, rows) => {
      if (failures === MAX_FAILURES || sumBytes(rows) < MIN_BYTES) return new Set();
      try {
        await insert(dataset, rows);
        return new Set(rows);
      } catch (err) {
        // A key already has a payload: of a crashed run, or of an earlier try of this transaction. The next page may have none.
        if (errnoOf(err) !== DUPLICATE_KEY) {
          failures += 1;
          close();
        }
        tools.log.database.info({ resource: dataset.name, err }, 'payloads are written with their rows');
        return new Set();
      }
    },
    end: close,
  };
}

/**
 * Opens the second connection. It waits at most a second for a lock: the run's transaction may hold it, because of a foreign key or
 * a trigger of the user.
 * @throws UnavailableError if it reaches another server than `main`, as behind a proxy.
 */
async function connect({ database }: RunTools, main: LockedConnection): Promise<Connection> {
  const connection = await database.connect('same');
  try {
    // Child records are looked up on a third one: an account may be limited to two.
    await database.select('SELECT 1');
    if ((await readIdentity(connection)) !== (await readIdentity(main)))
      throw new UnavailableError('the second connection reaches another server', { op: 'connect' });
    await connection.run(
      `SET SESSION innodb_lock_wait_timeout = 1, lock_wait_timeout = 1, wait_timeout = ${WAIT_TIMEOUT_SECONDS}`,
    );
    return connection;
  } catch (error) {
    connection.drop();
    throw error;
  }
}

async function readIdentity(session: Session): Promise<string> {
  return JSON.stringify(await session.select('SELECT @@hostname AS host, @@port AS port, @@server_id AS id'));
}

function sumBytes(rows: readonly Row[]): number {
  return rows.reduce((sum, { payload }) => sum + payload.length, 0);
}
