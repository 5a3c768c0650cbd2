import type { Connection, Database, Session } from '../db/pool.ts';
import { UnavailableError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import { queryWithTimeout } from '../report/query-with-timeout.ts';

/** Milliseconds: longer than the server's own limit of a statement, which has the better error. */
const PATIENCE_MS = 7000;

/**
 * The database, whose statements are given up if no answer arrives: the server's own limit does not help if the network or
 * the server hangs. The connection is dropped, so that the pool is not used up when the server is back.
 */
export function limitSession(database: Database, clock: Clock, ms = PATIENCE_MS): Session & { name: string } {
  const on = async <T>(op: string, work: (own: Connection) => Promise<T>): Promise<T> => {
    const found = await queryWithTimeout(database, clock, ms, async (own) => ({ value: await work(own) }));
    if (found !== undefined) return found.value;
    throw new UnavailableError(`the database did not answer within ${ms / 1000} s`, {
      op: op.slice(0, 80),
      hint: 'check that the server is running, and what it waits for: SHOW PROCESSLIST',
    });
  };
  return {
    name: database.name,
    select: (sql, values) => on(sql, (own) => own.select(sql, values)),
    run: (sql, values) => on(sql, (own) => own.run(sql, values)),
    sendLocalFile: (sql, content) => on(sql, (own) => own.sendLocalFile(sql, content)),
  };
}
