import { TransactionRetryError } from '../errors.ts';
import { errnoOf } from './errors.ts';

/** Deadlock found; on a Galera cluster also a conflict with a write or a change of a table on another node. */
const DEADLOCK = 1213;

/** Each conflict is with a write that was committed meanwhile; a server repeats such statements once itself. */
const MAX_TRIES = 5;

type RunStatement<V, R> = (sql: string, values?: V) => Promise<R>;

/**
 * Repeats a statement outside a transaction that was rolled back because of a conflict: nothing else was rolled back with
 * it. In a transaction, `transaction` repeats all statements.
 */
export function repeatRolledBack<V, R>(run: RunStatement<V, R>): RunStatement<V, R> {
  let isInTransaction = false;
  return async (sql, values) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await run(sql, values);
        if (sql === 'START TRANSACTION') isInTransaction = true;
        return result;
      } catch (error) {
        const isConflict = error instanceof TransactionRetryError && errnoOf(error) === DEADLOCK;
        if (isInTransaction || !isConflict || attempt === MAX_TRIES) throw error;
      } finally {
        if (sql === 'COMMIT' || sql === 'ROLLBACK') isInTransaction = false;
      }
    }
  };
}
