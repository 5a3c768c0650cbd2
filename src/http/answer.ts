import {
  ConfigError,
  CredentialsError,
  InterceptedError,
  QueryRefusedError,
  RateLimitedError,
  RetryableError,
} from '../errors.ts';
import type { ApiRules } from './api-rules.ts';
import { describeForeignAnswer } from './foreign-answer.ts';
import { readRetryAfter } from './headers.ts';
import type { Answer, Request } from './send.ts';

/** URL or headers too long. The web server in front of an API sends these itself, and such a refusal is final. */
const WEB_SERVER_REFUSALS: ReadonlySet<number> = new Set([414, 431]);

/**
 * Returns a 200. Throws for every other status, classed by what the caller can do.
 * @throws RateLimitedError 429 · RetryableError 408, 5xx · CredentialsError 401 · ConfigError for a redirect ·
 *   QueryRefusedError if the API refused the query · InterceptedError if a server in front of the API refused it.
 */
export function accept(rules: ApiRules, request: Request, answer: Answer): Answer {
  const { status } = answer;
  if (status === 200) return answer;
  const { hints } = rules;
  const path = new URL(request.url).pathname;
  const op = `${request.method} ${path}`;
  const message = `${path} answered ${status}${rules.errorText(answer)}`;
  if (status === 429 || status === 408 || status >= 500) throw temporaryError(answer, message, op);
  // No request of ours allows these: they come from a cache or proxy on the way.
  if (status < 300 || status === 304) throw temporaryError(answer, message, op);
  if (status === 401) throw new CredentialsError(message, { op, hint: hints.unauthorized });
  if (status > 400 && !WEB_SERVER_REFUSALS.has(status) && !rules.isOwnRefusal(answer)) {
    const text = `${path} answered ${status} with ${describeForeignAnswer(answer)}, which does not come from the API`;
    const details = { op, status, retryAfter: readRetryAfter(answer), hint: hints.intercepted };
    throw new InterceptedError(text, details);
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
  const wait = readRetryAfter(answer);
  return answer.status === 429
    ? new RateLimitedError(message, { op, retryAfter: wait, hint: 'the quota is spent: try again later' })
    : new RetryableError(message, { op, retryAfter: wait, hint: 'the API has a problem: try again later' });
}

/**
 * Like `accept`, for a query that lists keys. A firewall may refuse it because of one key, so a refusal by any server is
 * final.
 * @throws QueryRefusedError for any refusal; otherwise as `accept` does.
 */
export function acceptKeyList(rules: ApiRules, request: Request, answer: Answer): Answer {
  try {
    return accept(rules, request, answer);
  } catch (error) {
    if (!(error instanceof InterceptedError)) throw error;
    const { message, op, status, hint = '' } = error;
    throw new QueryRefusedError(message, { op, status, hint, cause: error });
  }
}
