import type { Connection, Database } from '../../db/pool.ts';
import type { Clock } from '../../model/clock.ts';

/**
 * What a question to the database brings. It is asked on a connection of its own, which is given up where the answer takes
 * too long: another one would be waited for when the database is closed.
 * @returns undefined where no answer came within so many milliseconds.
 * @throws what `ask` throws, or the connection, in that time.
 */
export async function queryWithTimeout<T>(
  database: Database,
  clock: Clock,
  ms: number,
  ask: (own: Connection) => Promise<T>,
): Promise<T | undefined> {
  let own: Connection | undefined;
  let isOver = false;
  const asking = async (): Promise<T> => {
    const connection = await database.connect();
    own = connection;
    if (isOver) connection.drop();
    return ask(connection);
  };
  const enough = new AbortController();
  const waiting = clock.sleep(ms, enough.signal).then(
    () => true,
    () => false,
  );
  try {
    const first = await Promise.race([asking().then((answer) => ({ answer })), waiting]);
    isOver = first === true;
    return typeof first === 'object' ? first.answer : undefined;
  } finally {
    enough.abort();
    if (isOver) own?.drop();
    else own?.release();
  }
}
