import { UnavailableError } from '../errors.ts';
import { RequestError } from './request-error.ts';

/** What a caller is told of an error of ours: neither statements nor names of hosts. */
export function describeFailure(error: Error): RequestError {
  if (!(error instanceof UnavailableError)) {
    return new RequestError(500, 'internal_error', 'the request failed; the log of this server says why');
  }
  return isTimeout(error)
    ? new RequestError(503, 'too_slow', 'the database took too long: narrow the request with more filters')
    : new RequestError(503, 'database_unavailable', 'the database does not answer; try again later');
}

/** The numbers of MariaDB and MySQL for a statement that ran too long. */
const TIMEOUTS = new Set([1969, 3024]);

/** Whether a statement took longer than its limit. */
export function isTimeout(error: unknown): boolean {
  if (!(error instanceof UnavailableError)) return false;
  const { cause } = error;
  return TIMEOUTS.has((cause as { errno?: number } | undefined)?.errno ?? 0);
}
