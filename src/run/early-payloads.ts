import type { LockedConnection } from '../db/locked-connection.ts';
import type { Connection } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { RowRefusedError, UnavailableError } from '../errors.ts';
import { insertPayloads } from '../load/payloads.ts';
import type { Row } from '../model/row.ts';
import { saveEarlyKeys } from '../record/early-payload.ts';
import { type ActiveRun, databaseToolsOf, type RunTools } from './active-run.ts';

/** With fewer bytes, a second connection costs more than it saves. */
const MIN_BYTES = 1_000_000;

/**
 * The server stores the payloads of a page, its largest part, while the run's own transaction writes the columns. They are
 * committed before their rows, and only for keys that have no payload: until its row is committed, nothing reads a payload.
 * After a crash the next run finds and replaces them; the keys of those whose records do not come again are in
 * etl_early_payload (retention/purge-payloads.ts). Whatever fails, the run's transaction writes the payloads itself.
 */
export function createEarlyPayloads(
  tools: RunTools,
  main: LockedConnection,
  { run, maxBytes }: { readonly run: number; readonly maxBytes: number },
): ActiveRun['early'] {
  let connection: Connection | undefined;
  let isOff = false;
  const close = (): void => {
    connection?.drop();
    connection = undefined;
  };
  const commit = async (dataset: Dataset, rows: readonly Row[]): Promise<void> => {
    if (connection?.server !== main.server) close();
    connection ??= await open(tools, main.server);
    const limits = { ...tools.settings, maxBytes: Math.min(maxBytes, main.maxStatementBytes / 2) };
    const keys = rows.map(({ key }) => key);
    await transaction(
      connection,
      databaseToolsOf(tools),
      async (session) => {
        await saveEarlyKeys(session, dataset.name, { run, keys });
        await insertPayloads(session, dataset, rows, limits);
      },
      1,
    );
  };
  return {
    insert: async (dataset, rows) => {
      if (isOff || sumBytes(rows) < MIN_BYTES) return new Set();
      try {
        await commit(dataset, rows);
        return new Set(rows);
      } catch (err) {
        // One of the keys has a payload: the next page can have none.
        if (!(err instanceof RowRefusedError)) {
          isOff = true;
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
 * Waits for no lock longer than a second: the run's own transaction can hold it, if the user added a foreign key or a trigger.
 * @throws UnavailableError if another server is used now.
 */
async function open({ database }: RunTools, server: string): Promise<Connection> {
  const connection = await database.connect();
  try {
    if (connection.server !== server)
      throw new UnavailableError(`${connection.server} is used now, not ${server}`, { op: 'connect' });
    await connection.run('SET SESSION innodb_lock_wait_timeout = 1, lock_wait_timeout = 1');
    return connection;
  } catch (error) {
    connection.drop();
    throw error;
  }
}

function sumBytes(rows: readonly Row[]): number {
  return rows.reduce((sum, { payload }) => sum + payload.length, 0);
}
