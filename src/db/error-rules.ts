import { CLUSTER_RULES } from './cluster-error-rules.ts';
import {
  ConfigError,
  FatalError,
  RowRefusedError,
  TransactionRetryError,
  UnavailableError,
} from '../errors.ts';
import { SIGN_IN_RULES, TLS_RULES } from './connect-error-rules.ts';
import type { ErrorRule } from './error-rule.ts';
import { MAX_PREPARED_STATEMENTS } from './prepared-statements.ts';

const LIMIT = 'the database has reached a limit: ';

const NO_WRITES = {
  Kind: UnavailableError,
  prefix: 'the database takes no writes: ',
  code: 'read-only' as const,
  hint: 'set MYSQL_HOST to the primary; if it is the primary: SET GLOBAL read_only = OFF',
};

/** Error 1290 names the server's option only in its message. The first two occur only on MariaDB. */
function optionRules(): readonly ErrorRule[] {
  const errnos = [1290];
  return [
    {
      errnos,
      pattern: /max[-_](?:session|thread)[-_]mem[-_]used/i,
      Kind: UnavailableError,
      prefix: LIMIT,
      hint: 'raise max_session_mem_used on the server: 64 MB is enough',
    },
    {
      errnos,
      pattern: /NO_ENGINE_SUBSTITUTION/,
      Kind: ConfigError,
      prefix: 'the database server makes no InnoDB tables: ',
      hint: "as the server's administrator: SET GLOBAL enforce_storage_engine = NULL, or InnoDB",
    },
    {
      errnos,
      pattern: /running with the --(?!(?:super-|innodb-|transaction-)?read[-_]only)/i,
      Kind: ConfigError,
      prefix: 'an option of the database server forbids a statement: ',
      hint: 'start the server without the option that the message names',
    },
    { errnos, ...NO_WRITES },
  ];
}

/** Server limits that a later run may not reach. */
const LIMIT_RULES: readonly ErrorRule[] = [
  {
    errnos: [1040],
    Kind: UnavailableError,
    prefix: LIMIT,
    hint: 'raise max_connections on the server, or end unused connections (SHOW PROCESSLIST)',
  },
  // MySQL calls the first two max_questions and max_updates. The server counts them per hour: retries would only use up the rest.
  {
    errnos: [1226],
    pattern: /'max_(?:\w+_per_hour|questions|updates)'/i,
    Kind: ConfigError,
    prefix: 'the database account has reached an hourly limit: ',
    hint: "as the database's administrator: ALTER USER … WITH MAX_QUERIES_PER_HOUR 0 MAX_UPDATES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0; FLUSH USER_RESOURCES ends the limit at once",
  },
  {
    errnos: [1203, 1226],
    Kind: UnavailableError,
    prefix: LIMIT,
    hint: 'a run takes 2 to 4 connections, any other command 1: ALTER USER … WITH MAX_USER_CONNECTIONS 5, or raise the limit that the message names',
  },
  {
    errnos: [1461],
    Kind: UnavailableError,
    prefix: LIMIT,
    hint: `raise max_prepared_stmt_count on the server; trestle-etl keeps up to ${MAX_PREPARED_STATEMENTS} statements for each of its 4 connections`,
  },
  {
    errnos: [1969, 3024],
    Kind: UnavailableError,
    prefix: LIMIT,
    hint: 'raise max_statement_time (MariaDB) or max_execution_time (MySQL) for this account, or on the server',
  },
  // The pool's limit of waiting statements; mysql2 gives the error no number.
  {
    pattern: /^ *Queue limit reached/,
    Kind: UnavailableError,
    prefix: LIMIT,
    hint: 'requests arrive faster than the database answers them: lower SERVE_RATE_LIMIT',
  },
  {
    errnos: [1129],
    Kind: UnavailableError,
    prefix: 'the database cannot be reached: ',
    hint: "as the database's administrator: FLUSH HOSTS (MariaDB) or TRUNCATE performance_schema.host_cache (MySQL), and raise max_connect_errors",
  },
  ...optionRules(),
  { errnos: [1792, 1836, 3100], ...NO_WRITES },
  {
    errnos: [1036],
    ...NO_WRITES,
    hint: 'set MYSQL_HOST to the primary; if it is the primary: start the server without innodb_read_only and innodb_force_recovery',
  },
  {
    errnos: [1038],
    Kind: UnavailableError,
    prefix: LIMIT,
    hint: 'raise sort_buffer_size on the server: 262144 is enough',
  },
  // The server closes the connection with this error.
  {
    errnos: [1153],
    Kind: UnavailableError,
    prefix: 'the database takes no statement so large: ',
    hint: 'raise max_allowed_packet on the server, and on any proxy in front of it',
  },
];

/** mysql2 has wrong names for 1114 and MariaDB's own numbers: only errno is reliable. */
const DISK_SPACE_RULES: readonly ErrorRule[] = [
  { errnos: [1021, 1114, 3675] },
  // A file that cannot be written, or a storage engine error: only the message contains ENOSPC or EDQUOT.
  {
    errnos: [3, 20, 1026, 1030, 1180],
    pattern: /No space left|quota exceeded|\b(?:errno|errcode|error):? (?:28|122)\b/i,
  },
].map((rule) => ({
  ...rule,
  Kind: FatalError,
  prefix: 'the database server has no room left: ',
  hint: 'free disk space on the database server; no partial write remains',
}));

const SCHEMA_RULES: readonly ErrorRule[] = [
  {
    errnos: [1142, 1143, 1227, 1370, 1410],
    Kind: ConfigError,
    prefix: 'the database user lacks a right: ',
    hint: 'docs/database.md lists the rights that trestle-etl needs',
  },
  // Row size too large; too many columns (MySQL's).
  {
    errnos: [1117, 1118],
    Kind: ConfigError,
    prefix: 'a table has no room for another column: ',
    hint: 'docs/fields.md, "Wide tables"',
  },
  {
    errnos: [1054, 1146],
    Kind: ConfigError,
    prefix: 'the tables are not as expected: ',
    hint: 'trestle-etl doctor lists what is missing; if nothing is, one of your triggers or views uses a table or column that no longer exists',
  },
];

/** The first match wins. */
export const ERROR_RULES: readonly ErrorRule[] = [
  // Lock wait, deadlock; MariaDB's changed snapshot; a table that was altered after the snapshot; a statement that must be
  // prepared again; write conflicts of Group Replication and TiDB.
  {
    errnos: [1020, 1205, 1213, 1412, 1615, 3101, 8022, 8028, 9007],
    Kind: TransactionRetryError,
    prefix: 'the database rolled back: ',
  },
  {
    errnos: [1062],
    Kind: RowRefusedError,
    prefix: 'the database refused a row: ',
    hint: 'check the unique indexes that you added to this table: docs/database.md, "Your own indexes and constraints"',
  },
  // Null, out of range, truncated, wrong value, no default, no partition, a trigger's SIGNAL, too long, a
  // generated column, JSON, a foreign key (with and without a right on the other table), a check (MySQL's and MariaDB's);
  // a row that is too large for TiDB.
  {
    errnos: [
      1048, 1216, 1217, 1264, 1265, 1292, 1364, 1366, 1406, 1451, 1452, 1526, 1644, 1690, 3140, 3157, 3819,
      4025, 8025,
    ],
    Kind: RowRefusedError,
    prefix: 'the database refused a row: ',
    hint: 'check the foreign keys, triggers and constraints that you added to this table',
  },
  ...TLS_RULES,
  ...SIGN_IN_RULES,
  ...SCHEMA_RULES,
  ...DISK_SPACE_RULES,
  ...LIMIT_RULES,
  ...CLUSTER_RULES,
];

/**
 * The connection is lost or unusable: shutdown, a Galera node that is not ready, killed or idle too long, a prepared
 * statement that a proxy no longer knows, TiDB storage that does not respond.
 */
export const UNAVAILABLE_ERRNOS = new Set([
  1047, 1053, 1158, 1159, 1160, 1161, 1243, 1317, 1927, 2006, 2013, 3169, 4031, 9001, 9002, 9003, 9004, 9005,
]);
