import { TransactionRetryError, UnavailableError } from '../errors.ts';
import type { SendQuery } from './send-query.ts';
import { readServerVariables, type ServerVariables } from './server-variables.ts';

/** Variables that forbid writes. MariaDB 12 also has the values NO_LOCK and NO_LOCK_NO_ADMIN. */
const READ_ONLY = ['read_only', 'super_read_only', 'innodb_read_only'];

/** Returns the variables that forbid writes. @param values the server's variables by their names. */
export function findReadOnly(values: ServerVariables): string[] {
  return READ_ONLY.filter((name) => /^(on|1|no_lock|no_lock_no_admin)$/i.test(values[name] ?? ''));
}

/** Reads which variables forbid writes now. */
export async function readForbidding(query: SendQuery): Promise<string[]> {
  return findReadOnly(await readServerVariables(query, 'GLOBAL VARIABLES', READ_ONLY));
}

/**
 * Waits until a node of a Galera cluster has applied every commit that any node confirmed before. Without it, a node can
 * return rows that are older than those that this process committed on another node.
 * https://mariadb.com/kb/en/galera-cluster-system-variables/#wsrep_sync_wait
 * @throws UnavailableError if the node has lost its cluster, or does not catch up within its limit
 *   (`repl.causal_read_timeout`, 30 s).
 */
export async function catchUp(query: SendQuery): Promise<void> {
  await query('SET SESSION wsrep_sync_wait = 1');
  try {
    // Unlike a SELECT without a table, it is also refused (1047) by a node that is not ready.
    await query('START TRANSACTION READ ONLY');
  } catch (error) {
    // The server reports this as a lock wait timeout: it has no separate number.
    if (!(error instanceof TransactionRetryError)) throw error;
    throw new UnavailableError('the node is too far behind its cluster', {
      op: error.op,
      cause: error,
      hint: 'SHOW STATUS shows wsrep_local_state_comment and wsrep_local_recv_queue of the node',
    });
  }
  await query('COMMIT');
  await query('SET SESSION wsrep_sync_wait = DEFAULT');
}
