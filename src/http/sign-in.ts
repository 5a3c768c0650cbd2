import {
  ConfigError,
  CredentialsError,
  InterceptedError,
  RateLimitedError,
  RetryableError,
} from '../errors.ts';
import { parseWholeNumber } from '../lib/number.ts';
import type { SignInRules } from './api-rules.ts';
import { describeForeignAnswer } from './foreign-answer.ts';
import { readRetryAfter } from './headers.ts';
import type { Answer, Call, Request, Send } from './send.ts';

export type Credentials = {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
};

const SIGN_IN_CALL: Call = { kind: 'token', resource: '', attempt: 1 };

/**
 * Requests a new token; `seconds` is its lifetime, 0 if the answer does not state it.
 * @throws CredentialsError if the credentials are refused, ConfigError if the address is not a token endpoint,
 *   RetryableError if a retry may succeed.
 */
export async function signIn(
  credentials: Credentials,
  rules: SignInRules,
  send: Send,
  signal: AbortSignal,
): Promise<{ token: string; seconds: number }> {
  const [tokenUrl = ''] = credentials.tokenUrl.split(/[?#]/);
  const answer = await send(buildSignInRequest(credentials, rules), signal);
  ensureSignedIn(answer, tokenUrl, rules);
  const { access_token: token, expires_in: seconds } = parseBody(answer);
  if (typeof token !== 'string' || token === '') {
    throw new RetryableError(`${tokenUrl} answered 200 without an access_token`, { op: 'sign-in' });
  }
  return { token, seconds: parseWholeNumber(seconds) ?? 0 };
}

function buildSignInRequest(
  { tokenUrl, clientId, clientSecret }: Credentials,
  { scope, send: place = 'body' }: SignInRules,
): Request {
  const form = {
    ...(place === 'body' ? { client_id: clientId, client_secret: clientSecret } : {}),
    grant_type: 'client_credentials',
    ...(scope === '' ? {} : { scope }),
  };
  const pair = [clientId, clientSecret].map((text) => new URLSearchParams({ _: text }).toString().slice(2));
  const basic = `Basic ${Buffer.from(pair.join(':')).toString('base64')}`;
  return {
    method: 'POST',
    url: tokenUrl,
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Accept: 'application/json',
      ...(place === 'header' ? { Authorization: basic } : {}),
    },
    body: new URLSearchParams(form).toString(),
    call: SIGN_IN_CALL,
  };
}

/**
 * Returns for a 200 only. Bad credentials get 400 with the text `Bad Request`, or plausibly 401, or 403 with JSON. All
 * are final. A page with 403 comes from a server in front of the API.
 */
function ensureSignedIn(answer: Answer, tokenUrl: string, { hints }: SignInRules): void {
  const { status } = answer;
  const op = 'sign-in';
  if (status === 200) return;
  if (status === 403 && !/\bjson\b/i.test(answer.headers['content-type'] ?? '')) {
    const message = `the sign-in answered 403 with ${describeForeignAnswer(answer)}, which does not come from the API`;
    throw new InterceptedError(message, {
      op,
      status,
      retryAfter: readRetryAfter(answer),
      hint: hints.intercepted,
    });
  }
  if ([400, 401, 403].includes(status)) {
    const message = `the API refused the credentials (${status} from ${tokenUrl})`;
    throw new CredentialsError(message, { op, hint: hints.credentials });
  }
  if (status >= 500 || status === 429 || status === 408) {
    const Kind = status === 429 ? RateLimitedError : RetryableError;
    throw new Kind(`the sign-in answered ${status}`, { op, retryAfter: readRetryAfter(answer) });
  }
  throw new ConfigError(`${tokenUrl} answered ${status}: it is not a token endpoint`, {
    op,
    hint: hints.endpoint,
  });
}

function parseBody(answer: Answer): Record<string, unknown> {
  try {
    return (JSON.parse(answer.body.toString()) ?? {}) as Record<string, unknown>;
  } catch (cause) {
    throw new RetryableError('the sign-in answered 200 with a body that is not JSON', {
      op: 'sign-in',
      cause,
    });
  }
}
