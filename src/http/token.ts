import { createHash } from 'node:crypto';
import {
  ConfigError,
  CredentialsError,
  InterceptedError,
  RateLimitedError,
  RetryableError,
} from '../errors.ts';
import { wholeNumber } from '../lib/number.ts';
import { readPrivate, writePrivate } from '../host/private-file.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import { retryAfter } from './answer.ts';
import { describeForeign } from '../sources/trestle/odata/error-words.ts';
import type { Answer, Send } from './send.ts';

export type Credentials = {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
};

export type TokenOptions = {
  readonly credentials: Credentials;
  /** The cache, shared by all runs with this state directory. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of each token, so that it can be kept out of logs. */
  readonly onToken: (token: string) => void;
};

type Cached = { readonly for: string; readonly token: string; readonly expiresAt: number };

/** A token is not used in its last minutes: a page can take as long as its timeout. */
const MARGIN = 5 * 60_000;

/**
 * Adds the bearer token to every request. A 401 discards the token and tries once more with a new one.
 * @throws CredentialsError where the credentials or two tokens in a row are refused.
 */
export function withToken(options: TokenOptions, send: Send): Send {
  const tokens = tokenCache(options, send);
  return async (request, signal) => {
    for (let tries = 1; ; tries += 1) {
      const token = await tokens.get(signal);
      const headers = { ...request.headers, Authorization: `Bearer ${token}` };
      const answer = await send({ ...request, headers }, signal);
      if (answer.status !== 401) return answer;
      tokens.discard();
      if (tries === 2) {
        throw new CredentialsError('the API refused two tokens in a row (401)', {
          op: 'sign-in',
          hint: 'check that TRESTLE_CLIENT_ID is licensed for this feed, and TRESTLE_API_BASE_URL',
        });
      }
    }
  };
}

function tokenCache({ credentials, file, clock, log, onToken }: TokenOptions, send: Send) {
  const owner = fingerprint(credentials);
  let cached = readCache(file, owner);
  if (cached !== undefined) onToken(cached.token);
  return {
    get: async (signal: AbortSignal): Promise<string> => {
      if (cached === undefined || cached.expiresAt - MARGIN <= clock.now()) {
        const { token, seconds } = await signIn(credentials, send, signal);
        onToken(token);
        cached = { for: owner, token, expiresAt: clock.now() + Math.max(seconds * 1000, MARGIN + 60_000) };
        keep(file, cached, log);
      }
      return cached.token;
    },
    discard: () => {
      cached = undefined;
      keep(file, {}, log);
    },
  };
}

/** A full or read-only disk: the token in memory is as good, and the next run signs in again. */
function keep(file: string, cached: Cached | object, log: Logger): void {
  try {
    writePrivate(file, cached);
  } catch (err) {
    log.warn({ err }, 'the token could not be kept');
  }
}

async function signIn(
  { tokenUrl, clientId, clientSecret }: Credentials,
  send: Send,
  signal: AbortSignal,
): Promise<{ token: string; seconds: number }> {
  const answer = await send(
    {
      method: 'POST',
      url: tokenUrl,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
      body: new URLSearchParams({
        client_id: clientId,
        client_secret: clientSecret,
        grant_type: 'client_credentials',
        scope: 'api',
      }).toString(),
    },
    signal,
  );
  refuse(answer, tokenUrl);
  const { access_token: token, expires_in: seconds } = parse(answer);
  if (typeof token !== 'string' || token === '') {
    throw new RetryableError(`${tokenUrl} answered 200 without an access_token`, { op: 'sign-in' });
  }
  return { token, seconds: wholeNumber(seconds) ?? 0 };
}

/**
 * Bad credentials are 400 with the text `Bad Request`, or plausibly 401 or 403 with JSON: all are final. A page with 403
 * comes from something before the API.
 */
function refuse(answer: Answer, tokenUrl: string): void {
  if (answer.status === 200) return;
  if (answer.status === 403 && !/\bjson\b/i.test(answer.headers['content-type'] ?? '')) {
    throw new InterceptedError(
      `the sign-in answered 403 with ${describeForeign(answer)}: not an answer of the API`,
      {
        op: 'sign-in',
        status: 403,
        retryAfter: retryAfter(answer),
        hint: 'something before the API (a CDN, gateway or firewall) answered, or TRESTLE_TOKEN_URL is wrong: try later',
      },
    );
  }
  if ([400, 401, 403].includes(answer.status)) {
    throw new CredentialsError(`the API refused the credentials (${answer.status} from ${tokenUrl})`, {
      op: 'sign-in',
      hint: 'check TRESTLE_CLIENT_ID and TRESTLE_CLIENT_SECRET',
    });
  }
  if (answer.status >= 500 || answer.status === 429 || answer.status === 408) {
    const Kind = answer.status === 429 ? RateLimitedError : RetryableError;
    throw new Kind(`the sign-in answered ${answer.status}`, {
      op: 'sign-in',
      retryAfter: retryAfter(answer),
    });
  }
  throw new ConfigError(`${tokenUrl} answered ${answer.status}: it is no token endpoint`, {
    op: 'sign-in',
    hint: 'check TRESTLE_TOKEN_URL and TRESTLE_API_BASE_URL',
  });
}

function parse(answer: Answer): Record<string, unknown> {
  try {
    return (JSON.parse(answer.body.toString()) ?? {}) as Record<string, unknown>;
  } catch (cause) {
    throw new RetryableError('the sign-in answered 200 with something that is no JSON', {
      op: 'sign-in',
      cause,
    });
  }
}

/** Whose token a cache holds, without telling the secret. */
function fingerprint({ tokenUrl, clientId, clientSecret }: Credentials): string {
  return createHash('sha256')
    .update(JSON.stringify([tokenUrl, clientId, clientSecret]))
    .digest('hex')
    .slice(0, 32);
}

function readCache(file: string, owner: string): Cached | undefined {
  const cached = readPrivate(file) as Partial<Cached> | undefined;
  const fits =
    cached?.for === owner && typeof cached.token === 'string' && typeof cached.expiresAt === 'number';
  return fits ? (cached as Cached) : undefined;
}
