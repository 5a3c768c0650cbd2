import { backoff } from '../../lib/backoff.ts';
import { TransactionRetryError, UnavailableError } from '../../errors.ts';
import { exchange, readPublished, type Release } from '../../load/release/publish.ts';
import { toSqlDateTime } from '../../lib/time.ts';
import { PARCELS_PENDING, setImportState, type ImportState } from '../../record/import.ts';
import type { ActiveRun } from '../active-run.ts';

/** A reader in an open transaction keeps its tables: the exchange waits for it this often, for a minute each time. */
const MAX_TRIES = 5;

/**
 * Publishes a release in the place of another one. Its state is recorded afterwards: if the process dies in between, the next
 * run finds out from the tables.
 * @param left the state of the release that loses its place.
 */
export async function publishRelease(
  active: ActiveRun,
  from: Release | undefined,
  to: Release,
  left: ImportState,
): Promise<void> {
  const { connection, tools } = active;
  const source = tools.source.id;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await exchange(connection, source, from, to);
      break;
    } catch (error) {
      if (error instanceof UnavailableError) {
        await connection.renew();
        if ((await readPublished(connection, source)) === to.id) break;
        if (attempt < MAX_TRIES) continue;
      }
      if (!(error instanceof TransactionRetryError)) throw error;
      if (attempt === MAX_TRIES) {
        throw new UnavailableError(
          `${source}: the release is ready, but its tables are in use by another session`,
          {
            op: 'publish release',
            cause: error,
            hint: 'end the transaction that reads them (SHOW PROCESSLIST); the next run publishes the release without loading it again',
          },
        );
      }
      await tools.clock.sleep(backoff(attempt, tools.random, 500, 5000), tools.signal);
    }
  }
  const at = toSqlDateTime(tools.clock.now());
  if (from !== undefined) await setImportState(connection, from.id, left, at);
  await setImportState(connection, to.id, 'published', at, PARCELS_PENDING);
  tools.log.database.info({ source, from: from?.id, to: to.id }, 'published');
}
