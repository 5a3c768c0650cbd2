import {
  ConfigError,
  CredentialsError,
  EtlError,
  FailedError,
  RowRefusedError,
  TransactionRetryError,
  UnavailableError,
} from '../errors.ts';

type DriverError = Error & { code?: string; errno?: number; fatal?: boolean; sqlMessage?: string };

const MISSING_RIGHT = new Set([1142, 1143, 1227, 1370, 1410]);
const REFUSED = new Set([1045, 1251, 1698, 3118, 1862]);
const SCHEMA = new Set([1054, 1146]);
/** Row size too large; too many columns (MySQL's). */
const TOO_WIDE = new Set([1117, 1118]);
/**
 * What a row can be refused for: null, duplicate key, out of range, cut off, wrong value, no default, a trigger's word,
 * too long, a generated column, JSON, a check (MySQL's and MariaDB's); TiDB's row that is larger than it takes.
 */
const ROW = new Set([1048, 1062, 1264, 1265, 1292, 1364, 1366, 1406, 1644, 1690, 3140, 3819, 4025, 8025]);
/** TiDB's transaction that is larger than it takes: https://docs.pingcap.com/tidb/stable/error-codes */
const TRANSACTION_TOO_LARGE = 8004;
/** Lock wait, deadlock; MariaDB's changed snapshot; Group Replication's and TiDB's write conflicts. */
const RETRY = new Set([1020, 1205, 1213, 3101, 8022, 8028, 9007]);
/**
 * Too many connections, shutting down, killed or idle too long, read-only after a failover, host blocked, user limit,
 * a Galera node that is not ready, TiDB's storage that does not answer.
 */
const AWAY = new Set([
  1040, 1047, 1053, 1129, 1158, 1159, 1160, 1161, 1203, 1226, 1290, 1317, 1792, 1836, 1927, 2006, 2013, 3169,
  4031, 9001, 9002, 9003, 9004, 9005,
]);
/** mysql2 names 1114 and MariaDB's own numbers wrongly: only errno is trusted. */
const FULL = new Set([1021, 1114, 3675]);
/** A file that can't be written, an error of the storage engine: ENOSPC and EDQUOT stand in the text only. */
const STORAGE = new Set([3, 20, 1026, 1030, 1180]);
const NO_SPACE = /No space left|quota exceeded|\b(?:errno|errcode|error):? (?:28|122)\b/i;
/** Got a packet bigger than max_allowed_packet: the server closes the connection with it. */
const TOO_LARGE = 1153;

/** One of our errors for what the driver threw: told apart by errno, then by the code of a broken connection. */
export function toEtlError(error: unknown, op: string): EtlError {
  const driver = error as DriverError;
  const says = /closed state/.test(driver.message)
    ? 'the connection broke'
    : (driver.sqlMessage ?? driver.message);
  const details = { op, cause: error };
  const errno = driver.errno ?? 0;
  if (RETRY.has(errno)) return new TransactionRetryError(`the database rolled back: ${says}`, details);
  if (ROW.has(errno)) return new RowRefusedError(`the database refused a row: ${says}`, details);
  if (REFUSED.has(errno)) {
    return new CredentialsError(`the database refused the sign-in: ${says}`, {
      ...details,
      hint: 'check MYSQL_USER and MYSQL_PASSWORD',
    });
  }
  if (errno === 1049 || errno === 1044) {
    return new ConfigError(`the database can't be used: ${says}`, {
      ...details,
      hint: 'check MYSQL_DATABASE; create it with: CREATE DATABASE name CHARACTER SET utf8mb4, and grant rights on it',
    });
  }
  if (MISSING_RIGHT.has(errno)) {
    return new ConfigError(`the database user lacks a right: ${says}`, {
      ...details,
      hint: 'docs/database.md lists the rights that trestle-etl needs',
    });
  }
  if (TOO_WIDE.has(errno)) {
    return new ConfigError(`a table has no room for another column: ${says}`, {
      ...details,
      hint: 'docs/fields.md, "Wide tables"',
    });
  }
  if (SCHEMA.has(errno)) {
    return new ConfigError(`the tables are not as expected: ${says}`, {
      ...details,
      hint: 'trestle-etl migrate',
    });
  }
  if (FULL.has(errno) || (STORAGE.has(errno) && NO_SPACE.test(says))) {
    return new FailedError(`the database server has no room left: ${says}`, {
      ...details,
      hint: 'free disk space on the database server; nothing was written by halves',
    });
  }
  if (errno === TRANSACTION_TOO_LARGE) {
    return new FailedError(`the database takes no transaction so large: ${says}`, {
      ...details,
      hint: 'set PAGE_SIZE lower: a page is committed as a whole',
    });
  }
  if (/SSL|certificate/i.test(`${driver.code ?? ''} ${says}`)) {
    return new ConfigError(`the database's TLS can't be used: ${says}`, {
      ...details,
      hint: 'check MYSQL_SSL and MYSQL_SSL_CA',
    });
  }
  if (errno === TOO_LARGE) {
    return new UnavailableError(`the database takes no statement so large: ${says}`, {
      ...details,
      hint: 'raise max_allowed_packet on the server, and on a proxy before it',
    });
  }
  if (AWAY.has(errno) || isBroken(driver)) {
    return new UnavailableError(`the database can't be reached: ${says || driver.code}`, {
      ...details,
      hint: 'check that the server runs, and MYSQL_HOST, MYSQL_PORT or MYSQL_SOCKET',
    });
  }
  return new FailedError(`the database refused a statement: ${says}`, details);
}

/** A table or view that exists, duplicate column name, duplicate key name. */
export const [SAME_TABLE, SAME_COLUMN, SAME_KEY] = [1050, 1060, 1061];

/** What the server's error is called by number; undefined where it is none of the server's. */
export function errnoOf(error: unknown): number | undefined {
  return error instanceof EtlError ? (error.cause as DriverError | undefined)?.errno : undefined;
}

/** The server's own words. */
export function wordsOf(error: unknown): string {
  const { message } = error as Error;
  return error instanceof EtlError
    ? ((error.cause as DriverError | undefined)?.sqlMessage ?? message)
    : message;
}

/** Whether the server said that a statement was too large; of a large one it may also just break the connection. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof UnavailableError && errnoOf(error) === TOO_LARGE;
}

/** A system error (negative errno) or one that cost the connection, which some drivers' errors tell by `fatal` only. */
function isBroken(error: DriverError): boolean {
  if (error.fatal === true) return true;
  return (
    (error.errno ?? 0) < 0 ||
    /^(E(?!R_)[A-Z_]+|PROTOCOL_\w+)$/.test(error.code ?? '') ||
    /closed state|Pool is closed|Connection lost/i.test(error.message)
  );
}
