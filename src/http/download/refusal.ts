import { CredentialsError, FatalError, RateLimitedError, RetryableError } from '../../errors.ts';
import { readRetryAfter } from '../headers.ts';
import type { OpenFile } from './open.ts';

/** Turns an answer that is not a file into an error, classed by what the caller does next. */
export function toRefusal({
  status,
  headers,
  url,
}: OpenFile): FatalError | RetryableError | CredentialsError {
  const message = `${url.host}${url.pathname} answered ${status}`;
  const op = 'download';
  const retryAfter = readRetryAfter({ headers });
  if (status === 429) {
    return new RateLimitedError(message, { op, retryAfter, hint: 'too many requests: try again later' });
  }
  if (status === 408 || status === 425 || status >= 500) {
    return new RetryableError(message, { op, retryAfter, hint: 'the server has a problem: try again later' });
  }
  // No request of ours allows these: they come from a cache or proxy on the way.
  if (status < 400 || status === 412 || status === 416) {
    return new RetryableError(`${message}, which does not fit the request`, { op, retryAfter });
  }
  if (status === 401) {
    return new CredentialsError(message, { op, hint: 'check the credentials of this source' });
  }
  return new FatalError(message, {
    op,
    hint: 'open the address in a browser: the server refuses it, or it has moved',
  });
}

/** Byte ranges and length of an encoded body are not those of the file. @throws FatalError */
export function ensureNotEncoded({ headers, url }: OpenFile): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.trim().toLowerCase() === 'identity') return;
  throw new FatalError(`${url.host}${url.pathname} sends the file encoded as ${encoding}, unasked`, {
    op: 'download',
    hint: 'fetch the file with another program, and load it from disk',
  });
}
