import {
  ConfigError,
  CredentialsError,
  QueryRefusedError,
  RateLimitedError,
  RetryableError,
} from '../../errors.ts';
import type { Answer, Request } from './send.ts';

/**
 * Lets a 200 pass and throws for every other status, classed by what can be done.
 * @throws RateLimitedError 429 · RetryableError 408, 5xx · CredentialsError 401 · ConfigError for a redirect ·
 *   QueryRefusedError for all else.
 */
export function accept(request: Request, answer: Answer): Answer {
  if (answer.status === 200) return answer;
  const place = new URL(request.url).pathname;
  const op = `${request.method} ${place}`;
  const says = `${place} answered ${answer.status}${message(answer)}`;
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

/** `Retry-After` in milliseconds, in either form; a date counts from the answer's own `Date`. */
export function retryAfter(answer: Answer): number | undefined {
  const value = answer.headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Math.round(Number(value) * 1000);
  const until = Date.parse(value);
  const from = Date.parse(answer.headers['date'] ?? '');
  return Number.isNaN(until) || Number.isNaN(from) ? undefined : Math.max(0, until - from);
}

/** The OData error's own words; the code before them varies per request. */
function message(answer: Answer): string {
  try {
    const parsed = JSON.parse(answer.body.toString()) as { error?: { message?: unknown } };
    const text = parsed.error?.message;
    return typeof text === 'string' ? `: ${shortened(text)}` : '';
  } catch {
    return '';
  }
}

/** A word that the cut goes through is left out: half a secret is not known for one by who cleans messages. */
function shortened(text: string): string {
  return text.length <= 500 ? text : `${text.slice(0, 500).replace(/\S*$/, '')}…`;
}
