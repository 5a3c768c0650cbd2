import {
  ConfigError,
  CredentialsError,
  InterceptedError,
  QueryRefusedError,
  RateLimitedError,
  RetryableError,
} from '../errors.ts';
import { describeForeign, errorWords, isODataError } from '../sources/trestle/odata/error-words.ts';
import { tryParse } from '../sources/trestle/odata/try-parse.ts';
import type { Answer, Request } from './send.ts';

/**
 * Lets a 200 pass and throws for every other status, classed by what can be done.
 * @throws RateLimitedError 429 · RetryableError 408, 5xx · CredentialsError 401 · ConfigError for a redirect ·
 *   QueryRefusedError if the API refused the query · InterceptedError if something before the API refused it.
 */
export function accept(request: Request, answer: Answer): Answer {
  if (answer.status === 200) return answer;
  const place = new URL(request.url).pathname;
  const op = `${request.method} ${place}`;
  const says = `${place} answered ${answer.status}${errorWords(tryParse(answer.body.toString()))}`;
  if (answer.status === 429) {
    throw new RateLimitedError(says, {
      op,
      retryAfter: retryAfter(answer),
      hint: 'the quota is spent: try later',
    });
  }
  if (answer.status >= 500 || answer.status === 408) {
    throw new RetryableError(says, {
      op,
      retryAfter: retryAfter(answer),
      hint: 'the API has a problem: try later',
    });
  }
  if (answer.status === 401) throw new CredentialsError(says, { op, hint: 'check TRESTLE_CLIENT_ID' });
  if (answer.status > 400 && !OF_WEB_SERVERS.has(answer.status) && !isODataError(answer)) {
    throw new InterceptedError(
      `${place} answered ${answer.status} with ${describeForeign(answer)}: not an answer of the API`,
      {
        op,
        status: answer.status,
        retryAfter: retryAfter(answer),
        hint: 'something before the API (a CDN, gateway or firewall) answered, or TRESTLE_API_BASE_URL is wrong: try later',
      },
    );
  }
  if (answer.status === 403 || answer.status === 404) {
    throw new QueryRefusedError(says, {
      op,
      status: answer.status,
      hint: 'the licence may lack this resource (see RESOURCES), or TRESTLE_API_BASE_URL is wrong',
    });
  }
  if (answer.status >= 300 && answer.status < 400) {
    throw new ConfigError(`${says}, a redirect to ${answer.headers['location'] ?? 'nowhere'}: not followed`, {
      op,
      hint: 'set TRESTLE_API_BASE_URL to where the service lives now',
    });
  }
  throw new QueryRefusedError(says, {
    op,
    status: answer.status,
    hint: 'check the filters (PROPERTY_FILTER …), PROPERTY_SELECT and INCREMENTAL_FIELD against the licence',
  });
}

/**
 * The same for a list of keys, which may be what a firewall refuses: its refusal is final as the API's is.
 * @throws QueryRefusedError for any refusal; else as `accept` does.
 */
export function acceptList(request: Request, answer: Answer): Answer {
  try {
    return accept(request, answer);
  } catch (error) {
    if (!(error instanceof InterceptedError)) throw error;
    const { message, op, status, hint = '' } = error;
    throw new QueryRefusedError(message, { op, status, hint, cause: error });
  }
}

/** URL or headers too long: the server in front of the API refuses these in its place, and rightly. */
const OF_WEB_SERVERS: ReadonlySet<number> = new Set([414, 431]);

/** `Retry-After` in milliseconds, in either form; a date counts from the answer's own `Date`. */
export function retryAfter(answer: Answer): number | undefined {
  const value = answer.headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Math.round(Number(value) * 1000);
  const until = Date.parse(value);
  const from = Date.parse(answer.headers['date'] ?? '');
  return Number.isNaN(until) || Number.isNaN(from) ? undefined : Math.max(0, until - from);
}
