import { TransactionRetryError, UnavailableError } from '../errors.ts';
import { backoff } from '../lib/backoff.ts';
import type { Connection, Session, DatabaseTools } from './pool.ts';

/** A deadlock's loser normally gets through at the second try; five in a row mean that something else is wrong. */
const MAX_TRIES = 5;

/**
 * Runs `work` in one transaction: all of it is committed, or nothing. A deadlock or a lock wait that ran out rolls back
 * and runs the whole of `work` again, so it must not keep state of its own between tries.
 * @throws UnavailableError after five such tries; whatever `work` throws, rolled back.
 */
export async function transaction<T>(
  connection: Connection,
  tools: DatabaseTools,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await connection.run('START TRANSACTION');
      const result = await work(connection);
      await connection.run('COMMIT');
      return result;
    } catch (error) {
      // 1205 leaves the transaction open: a later COMMIT would keep half of it.
      await connection.run('ROLLBACK').catch(() => undefined);
      if (!(error instanceof TransactionRetryError)) throw error;
      if (attempt + 1 === MAX_TRIES) {
        throw new UnavailableError(`the transaction was rolled back ${MAX_TRIES} times in a row`, {
          op: error.op,
          cause: error,
          hint: 'look for another process that writes to the same tables',
        });
      }
      tools.log.warn({ attempt, err: error }, 'transaction rolled back, running it again');
      await tools.clock.sleep(backoff(attempt, tools.random, 50, 2000));
    }
  }
}
