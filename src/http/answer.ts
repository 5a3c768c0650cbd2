import {
  ConfigError,
  CredentialsError,
  InterceptedError,
  QueryRefusedError,
  RateLimitedError,
  RetryableError,
} from '../errors.ts';
import type { ApiRules } from './api-rules.ts';
import { describeForeign } from './foreign.ts';
import { retryAfter } from './headers.ts';
import type { Answer, Request } from './send.ts';

/** URL or headers too long: the web server in front of an API refuses these in its place, and rightly. */
const WEB_SERVER_REFUSALS: ReadonlySet<number> = new Set([414, 431]);

/**
 * Returns a 200 and throws for every other status, classed by what can be done.
 * @throws RateLimitedError 429 · RetryableError 408, 5xx · CredentialsError 401 · ConfigError for a redirect ·
 *   QueryRefusedError if the API refused the query · InterceptedError if something in front of the API refused it.
 */
export function accept(rules: ApiRules, request: Request, answer: Answer): Answer {
  const { status } = answer;
  if (status === 200) return answer;
  const { hints } = rules;
  const place = new URL(request.url).pathname;
  const op = `${request.method} ${place}`;
  const message = `${place} answered ${status}${rules.errorText(answer)}`;
  if (status === 429 || status === 408 || status >= 500) throw temporaryError(answer, message, op);
  // Nothing was asked that these answer: a cache or proxy on the way.
  if (status < 300 || status === 304) throw temporaryError(answer, message, op);
  if (status === 401) throw new CredentialsError(message, { op, hint: hints.unauthorized });
  if (status > 400 && !WEB_SERVER_REFUSALS.has(status) && !rules.isOwnRefusal(answer)) {
    const foreign = `${place} answered ${status} with ${describeForeign(answer)}: not an answer of the API`;
    const details = { op, status, retryAfter: retryAfter(answer), hint: hints.intercepted };
    throw new InterceptedError(foreign, details);
  }
  if (status === 403 || status === 404) {
    throw new QueryRefusedError(message, { op, status, hint: hints.forbidden });
  }
  if (status >= 300 && status < 400) {
    const target = answer.headers['location'] ?? 'nowhere';
    throw new ConfigError(`${message}, a redirect to ${target}: not followed`, { op, hint: hints.moved });
  }
  throw new QueryRefusedError(message, { op, status, hint: hints.refused });
}

function temporaryError(answer: Answer, message: string, op: string): RetryableError {
  const wait = retryAfter(answer);
  return answer.status === 429
    ? new RateLimitedError(message, { op, retryAfter: wait, hint: 'the quota is spent: try later' })
    : new RetryableError(message, { op, retryAfter: wait, hint: 'the API has a problem: try later' });
}

/**
 * The same for a list of keys, which may be what a firewall refuses: its refusal is final, as the API's is.
 * @throws QueryRefusedError for any refusal; else as `accept` does.
 */
export function acceptList(rules: ApiRules, request: Request, answer: Answer): Answer {
  try {
    return accept(rules, request, answer);
  } catch (error) {
    if (!(error instanceof InterceptedError)) throw error;
    const { message, op, status, hint = '' } = error;
    throw new QueryRefusedError(message, { op, status, hint, cause: error });
  }
}
