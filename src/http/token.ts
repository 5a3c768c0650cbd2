import { createHash } from 'node:crypto';
import { CredentialsError } from '../errors.ts';
import { readPrivate, writePrivate } from '../host/private-file.ts';
import { MINUTE_MS } from '../lib/time.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { SignInRules } from './api-rules.ts';
import type { Answer, Request, Send } from './send.ts';
import { type Credentials, signIn } from './sign-in.ts';

export type TokenOptions = {
  readonly credentials: Credentials;
  readonly rules: SignInRules;
  /** The cache file, shared by all runs that use this state directory. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Receives each token, so that it can be kept out of logs. */
  readonly onToken: (token: string) => void;
};

type CachedToken = { readonly for: string; readonly token: string; readonly expiresAt: number };

/** A token is renewed this long before it expires, because a request may run until its timeout. */
const MARGIN_MS = 5 * MINUTE_MS;

/** The token of one client. */
export type Tokens = {
  /** Returns the stored token, or a new one if it expires soon. @throws what `signIn` throws. */
  get(signal: AbortSignal): Promise<string>;
  /** Discards a token that was refused. */
  discard(): void;
};

/** Adds the bearer token to every request: see `withTokens`. */
export function withToken(options: TokenOptions, send: Send): Send {
  return withTokens(createTokens(options, send), options.rules, send);
}

/**
 * Adds the bearer token to every request. A 401 discards the token and retries once with a new one.
 * @throws CredentialsError if the credentials or two tokens in a row are refused.
 */
export function withTokens<A extends Answer>(
  tokens: Tokens,
  { hints }: SignInRules,
  send: (request: Request, signal: AbortSignal) => Promise<A>,
): (request: Request, signal: AbortSignal) => Promise<A> {
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
          hint: hints.token,
        });
      }
    }
  };
}

/** Creates the tokens of a client. They are stored in a file. */
export function createTokens(
  { credentials, rules, file, clock, log, onToken }: TokenOptions,
  send: Send,
): Tokens {
  const owner = fingerprint(credentials);
  let cached = readCache(file, owner);
  if (cached !== undefined) onToken(cached.token);
  return {
    get: async (signal: AbortSignal): Promise<string> => {
      if (cached === undefined || cached.expiresAt - MARGIN_MS <= clock.now()) {
        const { token, seconds } = await signIn(credentials, rules, send, signal);
        onToken(token);
        cached = {
          for: owner,
          token,
          expiresAt: clock.now() + Math.max(seconds * 1000, MARGIN_MS + MINUTE_MS),
        };
        storeToken(file, cached, log);
      }
      return cached.token;
    },
    discard: () => {
      cached = undefined;
      storeToken(file, {}, log);
    },
  };
}

/** On a full or read-only disk, this run uses the token in memory and the next run signs in again. */
function storeToken(file: string, cached: CachedToken | object, log: Logger): void {
  try {
    writePrivate(file, cached);
  } catch (err) {
    log.warn({ err }, 'cannot store the token; the next run signs in again');
  }
}

/** Identifies the owner of a cached token without revealing the secret. */
function fingerprint({ tokenUrl, clientId, clientSecret }: Credentials): string {
  return createHash('sha256')
    .update(JSON.stringify([tokenUrl, clientId, clientSecret]))
    .digest('hex')
    .slice(0, 32);
}

function readCache(file: string, owner: string): CachedToken | undefined {
  const cached = readPrivate(file) as Partial<CachedToken> | undefined;
  const isValid =
    cached?.for === owner && typeof cached.token === 'string' && typeof cached.expiresAt === 'number';
  return isValid ? (cached as CachedToken) : undefined;
}
