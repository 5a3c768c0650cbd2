import type { Connection, Database } from '../db/pool.ts';
import type { Clock } from '../model/clock.ts';

/** The reason for which waiting stops. Without one, each query would make an error with its stack. */
const ANSWERED = 'answered';

/**
 * Runs a query on a separate connection and abandons it after `ms`. The connection is then dropped, because closing the
 * database would wait for it.
 * @returns undefined if no answer arrived within `ms` milliseconds.
 * @throws the error of `query` or of the connection, if it occurs in that time.
 */
export async function queryWithTimeout<T>(
  database: Database,
  clock: Clock,
  ms: number,
  query: (own: Connection) => Promise<T>,
): Promise<T | undefined> {
  let own: Connection | undefined;
  let isOver = false;
  const run = async (): Promise<T> => {
    const connection = await database.connect('read');
    own = connection;
    if (isOver) connection.drop();
    return query(connection);
  };
  const stopWaiting = new AbortController();
  const waiting = clock.sleep(ms, stopWaiting.signal).then(
    () => true,
    () => false,
  );
  try {
    const first = await Promise.race([run().then((answer) => ({ answer })), waiting]);
    isOver = first === true;
    return typeof first === 'object' ? first.answer : undefined;
  } finally {
    stopWaiting.abort(ANSWERED);
    if (isOver) own?.drop();
    else own?.release();
  }
}
