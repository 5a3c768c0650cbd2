import { TransactionRetryError } from '../errors.ts';
import { errnoOf } from './errors.ts';

/** Deadlock found; on a Galera cluster also a conflict with a write or a change of a table on another node. */
const DEADLOCK = 1213;

/** Each conflict is with a write that was committed meanwhile; a server repeats such statements once itself. */
const MAX_TRIES = 5;

/** The answer to a statement; see `Session.run`. */
type Answer = { readonly isInTransaction?: boolean };

type RunStatement<V, R extends Answer> = (sql: string, values?: V) => Promise<R>;

/**
 * Repeats a statement outside a transaction that was rolled back because of a conflict: nothing else was rolled back with
 * it. In a transaction, `transaction` repeats all statements.
 */
export function repeatRolledBack<V, R extends Answer>(run: RunStatement<V, R>): RunStatement<V, R> {
  let isInTransaction = false;
  return async (sql, values) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await run(sql, values);
        isInTransaction = answer.isInTransaction ?? isInTransaction;
        return answer;
      } catch (error) {
        const isConflict = error instanceof TransactionRetryError && errnoOf(error) === DEADLOCK;
        if (isInTransaction || !isConflict || attempt === MAX_TRIES) throw error;
      }
    }
  };
}
