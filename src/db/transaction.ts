import { TransactionRetryError, UnavailableError } from '../errors.ts';
import { backoff } from '../lib/backoff.ts';
import type { Connection, Session, DatabaseTools } from './pool.ts';

/**
 * A Galera node can roll a transaction back without an error, if the conflict strikes while a statement is prepared: the next
 * statements would be committed one by one, without those before.
 */
function requireTransaction(connection: Connection): Session {
  const run: Session['run'] = async (sql, values) => {
    const answer = await connection.run(sql, values);
    if (answer.isInTransaction !== false) return answer;
    throw new TransactionRetryError('the server rolled the transaction back without an error', {
      op: sql.slice(0, 80),
      hint: 'it is repeated; if that happens often, let only one node take writes',
    });
  };
  // The other members, such as the current limits of a connection, stay those of the connection.
  return Object.create(connection, { run: { value: run, enumerable: true } }) as Session;
}

/** The loser of a deadlock normally succeeds on the second try; five failures in a row have another cause. */
const MAX_TRIES = 5;

/**
 * Runs `work` in one transaction: all of it is committed, or nothing. After a deadlock or a lock wait timeout it rolls back
 * and retries all of `work`, which must not keep state between tries.
 * @throws UnavailableError after `maxTries` such failures; any other error of `work`, after a rollback.
 */
export async function transaction<T>(
  connection: Connection,
  tools: DatabaseTools,
  work: (session: Session) => Promise<T>,
  maxTries = MAX_TRIES,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await connection.run('START TRANSACTION');
      const result = await work(requireTransaction(connection));
      await connection.run('COMMIT');
      return result;
    } catch (error) {
      // 1205 leaves the transaction open: a later COMMIT would keep half of it.
      await connection.run('ROLLBACK').catch(() => undefined);
      if (!(error instanceof TransactionRetryError)) throw error;
      if (attempt + 1 === maxTries) {
        throw new UnavailableError(
          `the transaction was rolled back ${maxTries === 1 ? 'once' : `${maxTries} times in a row`}`,
          {
            op: error.op,
            cause: error,
            hint: 'check for another process that writes to the same tables',
          },
        );
      }
      tools.log.warn({ attempt, err: error }, 'transaction rolled back, retrying');
      await tools.clock.sleep(backoff(attempt, tools.random, 50, 2000));
    }
  }
}
