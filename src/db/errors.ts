import { EtlError, FatalError, RowRefusedError, UnavailableError } from '../errors.ts';
import type { ErrorRule } from './error-rule.ts';
import { ERROR_RULES, UNAVAILABLE_ERRNOS } from './error-rules.ts';

type DriverError = Error & {
  code?: string;
  errno?: number;
  fatal?: boolean;
  sqlMessage?: string;
  sqlState?: string;
};

/** Converts an error of the driver to one of ours: by errno, then by the code of a broken connection. */
export function toEtlError(error: unknown, op: string): EtlError {
  const driver = error as DriverError;
  const message = describe(driver);
  const details = { op, cause: error };
  const rule = ERROR_RULES.find((each) => isMatch(each, driver));
  if (rule !== undefined) {
    const { Kind, prefix, code, hint } = rule;
    return new Kind(`${prefix}${message}`, {
      ...details,
      ...(code === undefined ? {} : { code }),
      ...(hint === undefined ? {} : { hint }),
    });
  }
  if (driver.sqlState === SIGNAL_SQLSTATE)
    return new RowRefusedError(`the database refused a row: ${message}`, details);
  if (UNAVAILABLE_ERRNOS.has(driver.errno ?? 0) || isBroken(driver)) {
    return new UnavailableError(`the database cannot be reached: ${message || driver.code}`, {
      ...details,
      hint: 'check that the server is running, and MYSQL_HOST, MYSQL_PORT or MYSQL_SOCKET',
    });
  }
  return new FatalError(`the database refused a statement: ${message}`, details);
}

/** Returns the server's message; of an unsupported authentication plug-in only its name, of an OpenSSL error only the reason. */
function describe({ message, sqlMessage }: DriverError): string {
  if (/closed state/.test(message)) return 'the connection broke';
  const [, reason] = /:SSL routines:\w*:([^:\n]+)/.exec(message) ?? [];
  if (reason !== undefined) return reason;
  const [, plugin] =
    /requests authentication using unknown plugin (\S+?)\. |requested authentication using (\w+)/
      .exec(message)
      ?.filter((part) => part !== undefined) ?? [];
  return plugin ?? sqlMessage ?? message;
}

/** A trigger may SIGNAL with any errno, but this SQLSTATE: https://dev.mysql.com/doc/refman/9.7/en/signal.html */
const SIGNAL_SQLSTATE = '45000';

function isMatch({ errnos, pattern }: ErrorRule, { errno = 0, code = '', message }: DriverError): boolean {
  const isOne = errnos === undefined || errnos.includes(errno);
  return isOne && (pattern === undefined || pattern.test(`${code} ${message}`));
}

/** Got a packet bigger than max_allowed_packet. */
const TOO_LARGE = 1153;

/** A table or view that exists, duplicate column name, duplicate key name. */
export const [SAME_TABLE, SAME_COLUMN, SAME_KEY] = [1050, 1060, 1061];

/** The user lacks a right on the table or view. */
export const DENIED = 1142;

/** A row with this key exists. */
export const DUPLICATE_KEY = 1062;

/** No such column, no such table. */
export const [NO_COLUMN, NO_TABLE] = [1054, 1146];

/** The server's error number; undefined if the error is not from the server. */
export function errnoOf(error: unknown): number | undefined {
  return error instanceof EtlError ? (error.cause as DriverError | undefined)?.errno : undefined;
}

/** The server's own message. */
export function serverMessageOf(error: unknown): string {
  const { message } = error as Error;
  return error instanceof EtlError
    ? ((error.cause as DriverError | undefined)?.sqlMessage ?? message)
    : message;
}

/** Whether the server reported that a statement was too large. It may instead just break the connection. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof UnavailableError && errnoOf(error) === TOO_LARGE;
}

/** Whether the connection broke or its server can be used for nothing, as opposed to a limit or a server that is read only. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof UnavailableError)) return false;
  const errno = errnoOf(error) ?? 0;
  return errno <= 0 || errno === COMMIT_FAILED || UNAVAILABLE_ERRNOS.has(errno);
}

/** Whether the server refused a write because it is read only. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof UnavailableError && error.code === 'read-only';
}

/** A Galera node reports it when it loses its cluster. */
const COMMIT_FAILED = 1180;

/** Whether it is a system error (negative errno) or one that broke the connection, which some errors mark only as `fatal`. */
function isBroken(error: DriverError): boolean {
  if (error.fatal === true) return true;
  return (
    (error.errno ?? 0) < 0 ||
    /^(E(?!R_)[A-Z_]+|PROTOCOL_\w+)$/.test(error.code ?? '') ||
    /closed state|Pool is closed|Connection lost/i.test(error.message)
  );
}
