import { CredentialsError, EtlError, TransactionRetryError, UnavailableError } from '../errors.ts';
import { RequestError } from './request-error.ts';

/** What a caller sees of an internal error: neither statements nor names of hosts. */
export function describeFailure(error: Error): RequestError {
  const errno = errnoOf(error);
  if (TIMEOUTS.has(errno) || error instanceof TransactionRetryError) {
    return new RequestError(
      503,
      'too_slow',
      'the database took too long: narrow the request with more filters',
    );
  }
  if (isMissingTable(error)) {
    return new RequestError(503, 'not_loaded', 'the tables do not exist yet: the first run creates them');
  }
  if (CHARACTERS.has(errno)) {
    return new RequestError(400, 'invalid_parameter', 'a value has characters that no stored value can have');
  }
  return error instanceof UnavailableError || error instanceof CredentialsError
    ? new RequestError(503, 'database_unavailable', 'the database does not answer; try again later')
    : new RequestError(
        500,
        'internal_error',
        'the request failed: see the log `requests` for this request id',
      );
}

/** The numbers of MariaDB and MySQL for a statement that ran too long. */
const TIMEOUTS = new Set([1969, 3024]);
const NO_TABLE = 1146;

/** A text cannot be compared with a column of another character set, such as that of keys: MariaDB, MySQL. */
const CHARACTERS = new Set([1267, 1270, 1271, 3988, 3854]);

export function isMissingTable(error: unknown): boolean {
  return error instanceof Error && errnoOf(error) === NO_TABLE;
}

/** Whether a statement took longer than its limit. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && TIMEOUTS.has(errnoOf(error));
}

function errnoOf(error: Error): number {
  return error instanceof EtlError ? ((error.cause as { errno?: number } | undefined)?.errno ?? 0) : 0;
}
