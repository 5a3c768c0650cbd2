import { EtlError, UnavailableError } from '../errors.ts';
import { errnoOf } from './errors.ts';
import type { SendQuery } from './send-query.ts';
import { isOn, readServerVariables } from './server-variables.ts';

/** A session variable and the value that our statements require. */
export type SessionSetting = {
  readonly name: string;
  /** As SQL. */
  readonly value: string;
  /** If it cannot be set, the server would store or read other values: connecting then fails. */
  readonly isEssential?: true;
  /** Only some servers have it. */
  readonly isRare?: true;
};

const MAX_BIGINT_UNSIGNED = '18446744073709551615';

/**
 * Every variable that a server can set for new sessions (my.cnf, SET GLOBAL, init_connect) and that changes the meaning of our
 * statements or makes them fail. The order matters: max_join_size switches sql_big_selects, and a driver that tracks the
 * character set must be notified of it. docs/database.md, "Session", has the reasons. None requires an extra right on MariaDB
 * 10.11 and MySQL 9.7.
 */
export const SESSION_SETTINGS: readonly SessionSetting[] = [
  // mysql2 encodes what it sends in the character set that the server last reported.
  {
    name: 'session_track_system_variables',
    value: "'autocommit,character_set_client,character_set_connection,character_set_results,time_zone'",
  },
  { name: 'character_set_client', value: "'utf8mb4'", isEssential: true },
  { name: 'character_set_results', value: "'utf8mb4'", isEssential: true },
  { name: 'collation_connection', value: "'utf8mb4_general_ci'", isEssential: true },
  // Strict: nothing is truncated or rounded silently. A server with a binary log also writes every statement with its values
  // as text (MySQL even without one); if a backslash is not an escape, that takes a third of the time.
  {
    name: 'sql_mode',
    value:
      "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_BACKSLASH_ESCAPES'",
    isEssential: true,
  },
  { name: 'time_zone', value: "'+00:00'", isEssential: true },
  { name: 'autocommit', value: '1', isEssential: true },
  { name: 'completion_type', value: "'NO_CHAIN'" },
  { name: 'sql_select_limit', value: MAX_BIGINT_UNSIGNED, isEssential: true },
  { name: 'max_join_size', value: MAX_BIGINT_UNSIGNED },
  { name: 'sql_big_selects', value: '1' },
  { name: 'sql_safe_updates', value: '0' },
  { name: 'sql_auto_is_null', value: '0' },
  { name: 'foreign_key_checks', value: '1' },
  { name: 'unique_checks', value: '1' },
  { name: 'max_sort_length', value: '1024' },
  { name: 'group_concat_max_len', value: '1048576' },
  { name: 'div_precision_increment', value: '4' },
  // MariaDB sorts nothing with less than a few kilobytes (1038).
  { name: 'sort_buffer_size', value: '2097152' },
  // DISK_SPACE_RULES in error-rules.ts match the server's message.
  { name: 'lc_messages', value: "'en_US'" },
  // The servers' defaults would wait days for another client's ALTER or lock.
  { name: 'lock_wait_timeout', value: '60' },
  { name: 'innodb_lock_wait_timeout', value: '50' },
  // If a connection times out when idle, its named lock is lost silently.
  { name: 'wait_timeout', value: '7200' },
  { name: 'net_read_timeout', value: '60' },
  { name: 'net_write_timeout', value: '120' },
  { name: 'max_statement_time', value: '0', isRare: true },
  { name: 'max_execution_time', value: '0', isRare: true },
  { name: 'transaction_isolation', value: "'REPEATABLE-READ'", isRare: true },
  { name: 'tx_isolation', value: "'REPEATABLE-READ'", isRare: true },
  { name: 'transaction_read_only', value: '0', isRare: true },
  { name: 'tx_read_only', value: '0', isRare: true },
  { name: 'old_mode', value: "''", isRare: true },
  { name: 'check_constraint_checks', value: '1', isRare: true },
  { name: 'sql_if_exists', value: '0', isRare: true },
  { name: 'alter_algorithm', value: "'DEFAULT'", isRare: true },
  { name: 'system_versioning_asof', value: 'DEFAULT', isRare: true },
  { name: 'system_versioning_insert_history', value: '0', isRare: true },
  // Without it, a table that the user made system-versioned refuses new columns (4119).
  { name: 'system_versioning_alter_history', value: "'KEEP'", isRare: true },
  { name: 'idle_transaction_timeout', value: '0', isRare: true },
  { name: 'idle_readonly_transaction_timeout', value: '0', isRare: true },
  { name: 'idle_write_transaction_timeout', value: '0', isRare: true },
  { name: 'wsrep_dirty_reads', value: '0', isRare: true },
];

/**
 * Creates the function that sets our session on a new connection. The first connection also reads which rare variables the
 * server has, after the common ones are set: a sql_select_limit would truncate the result. Later connections take one
 * statement.
 * @param more variables that are set last, instead of those with the same name.
 * @param onNode called if the server is a node of a Galera cluster.
 */
export function createSessionSetter(
  more: readonly SessionSetting[] = [],
  onNode: () => void = () => undefined,
): (query: SendQuery) => Promise<void> {
  const replaced = new Set(more.map(({ name }) => name));
  const all = [...SESSION_SETTINGS.filter(({ name }) => !replaced.has(name)), ...more];
  let known: readonly SessionSetting[] | undefined;
  return async (query) => {
    if (known !== undefined) {
      known = await setAll(query, known);
      return;
    }
    const common = await setAll(
      query,
      all.filter(({ isRare }) => isRare !== true),
    );
    const names = await readNames(query, onNode);
    const rare = all.filter(({ name, isRare }) => isRare === true && names.has(name));
    known = [...common, ...(await setAll(query, rare))];
  };
}

/** Whether a server is a node of a Galera cluster. Many that are none have the variable too. */
const WSREP_ON = 'wsrep_on';

/** Reads which rare variables this server has. Returns all of them if a time limit ends the query: each is then tried. */
async function readNames(query: SendQuery, onNode: () => void): Promise<Set<string>> {
  const rare = SESSION_SETTINGS.filter(({ isRare }) => isRare === true).map(({ name }) => name);
  try {
    const values = await readServerVariables(query, 'SESSION VARIABLES', [...rare, WSREP_ON]);
    if (isOn(values[WSREP_ON])) onNode();
    return new Set(Object.keys(values));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return new Set(rare);
  }
}

/**
 * Sets all in one statement. Sets them one by one if the server refuses: it may lack a variable or reserve it for
 * administrators.
 * @returns the settings that were applied; `doctor` compares the others.
 */
async function setAll(
  query: SendQuery,
  settings: readonly SessionSetting[],
): Promise<readonly SessionSetting[]> {
  if (settings.length === 0) return settings;
  try {
    await query(`SET SESSION ${settings.map(formatAssignment).join(', ')}`);
    return settings;
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  const done: SessionSetting[] = [];
  for (const setting of settings) {
    try {
      await query(`SET SESSION ${formatAssignment(setting)}`);
      done.push(setting);
    } catch (error) {
      if (setting.isEssential === true || !isRefusal(error)) throw error;
    }
  }
  return done;
}

function formatAssignment({ name, value }: SessionSetting): string {
  return `${name} = ${value}`;
}

/** A statement timed out: MariaDB's error, MySQL's. */
const TIMEOUT_ERRNOS = new Set<number | undefined>([1969, 3024]);

/** Whether the server refused the statement, as opposed to a broken connection. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof EtlError)) return false;
  return !(error instanceof UnavailableError) || TIMEOUT_ERRNOS.has(errnoOf(error));
}
