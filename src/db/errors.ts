import { ConfigError, EtlError, FatalError, RowRefusedError, UnavailableError } from '../errors.ts';
import { AWAY, RULES, type Rule } from './error-rules.ts';

type DriverError = Error & {
  code?: string;
  errno?: number;
  fatal?: boolean;
  sqlMessage?: string;
  sqlState?: string;
};

/** One of our errors for what the driver threw: told apart by errno, then by the code of a broken connection. */
export function toEtlError(error: unknown, op: string): EtlError {
  const driver = error as DriverError;
  const says = describe(driver);
  const details = { op, cause: error };
  const rule = RULES.find((each) => isMatch(each, driver));
  if (rule !== undefined) {
    const { Kind, prefix, hint } = rule;
    return new Kind(`${prefix}${says}`, hint === undefined ? details : { ...details, hint });
  }
  if (driver.sqlState === SIGNALLED)
    return new RowRefusedError(`the database refused a row: ${says}`, details);
  if (driver.sqlMessage === undefined && /SSL|certificate/i.test(`${driver.code ?? ''} ${says}`)) {
    return new ConfigError(`the database's TLS can't be used: ${says}`, {
      ...details,
      hint: 'check MYSQL_SSL and MYSQL_SSL_CA',
    });
  }
  if (AWAY.has(driver.errno ?? 0) || isBroken(driver)) {
    return new UnavailableError(`the database can't be reached: ${says || driver.code}`, {
      ...details,
      hint: 'check that the server runs, and MYSQL_HOST, MYSQL_PORT or MYSQL_SOCKET',
    });
  }
  return new FatalError(`the database refused a statement: ${says}`, details);
}

/** The server's words; of a plug-in that the driver does not have, only its name. */
function describe({ message, sqlMessage }: DriverError): string {
  if (/closed state/.test(message)) return 'the connection broke';
  const [, plugin] =
    /requests authentication using unknown plugin (\S+?)\. |requested authentication using (\w+)/
      .exec(message)
      ?.filter((part) => part !== undefined) ?? [];
  return plugin ?? sqlMessage ?? message;
}

/** A trigger may SIGNAL with any errno, but this SQLSTATE: https://dev.mysql.com/doc/refman/9.7/en/signal.html */
const SIGNALLED = '45000';

function isMatch({ errnos, words }: Rule, { errno = 0, code = '', message }: DriverError): boolean {
  const isOne = errnos === undefined || errnos.includes(errno);
  return isOne && (words === undefined || words.test(`${code} ${message}`));
}

/** Got a packet bigger than max_allowed_packet. */
const TOO_LARGE = 1153;

/** A table or view that exists, duplicate column name, duplicate key name. */
export const [SAME_TABLE, SAME_COLUMN, SAME_KEY] = [1050, 1060, 1061];

/** No such column, no such table. */
export const [NO_COLUMN, NO_TABLE] = [1054, 1146];

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
