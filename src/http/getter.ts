import { FatalError, RetryableError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { Meter } from '../model/usage.ts';
import type { CheckAddress } from './address-filter.ts';
import { accept } from './answer.ts';
import type { ApiRules } from './api-rules.ts';
import { findBreaker } from './breakers.ts';
import { type ConditionalAnswer, conditionsFor, type KnownState, readConditional } from './conditional.ts';
import { followRedirects, type SendFollowing } from './follow.ts';
import { observe } from './observe.ts';
import type { ProxySettings } from './proxy.ts';
import { retry } from './retry.ts';
import { createSender } from './send.ts';
import { createTokens, type TokenOptions, type Tokens, withTokens } from './token.ts';

export type GetterOptions = {
  /** The origin that receives the credentials and the caller's headers; it may have a private address. */
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rules: ApiRules;
  /** The name of the requests in logs and usage. */
  readonly label: string;
  readonly proxies?: ProxySettings | undefined;
  /** Addresses that redirects may lead to; public ones unless set. */
  readonly checkAddress?: CheckAddress | undefined;
  /** Milliseconds for one exchange. */
  readonly timeout: number;
  readonly maxRetries: number;
  /** Milliseconds after which a failed request is not retried. */
  readonly deadline: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly meter?: Pick<Meter, 'begin'> | undefined;
  /** Requests carry no token unless this is set. */
  readonly signIn?: Omit<TokenOptions, 'clock' | 'log'> | undefined;
};

export type GetRequest = {
  readonly url: string;
  readonly accept: string;
  /** Limit of the decompressed body. */
  readonly maxBytes: number;
  readonly known?: KnownState | undefined;
};

/** Requests addresses of one source with GET. */
export type Getter = {
  /**
   * @throws UnavailableError or BusyError after the retries; CredentialsError 401; ConfigError for any other refusal, which is
   *   not retried; FatalError for a body that is too large; the signal's reason.
   */
  get(request: GetRequest, signal: AbortSignal): Promise<ConditionalAnswer>;
  /** Returns the token for requests that are sent by other means; undefined without sign-in. */
  token(signal: AbortSignal): Promise<string | undefined>;
  /** Discards a token that was refused: the next one is new. */
  discardToken(): void;
  /** Requests sent so far, redirects and retries included, sign-ins not. */
  requests(): number;
};

/** The path of every request: retry(breaker of the host(token(redirects(observe(send))))). */
export function createGetter(options: GetterOptions): Getter {
  const { clock, log, rules, random, maxRetries, deadline } = options;
  const sender = createSender({ ...options, hint: rules.hints.unreachable });
  const watching = { clock, log, meter: options.meter ?? NO_METER, isExternal: true };
  const wire = observe(watching, sender);
  const tokens =
    options.signIn === undefined ? undefined : createTokens({ ...options.signIn, clock, log }, wire.send);
  const send = authorize(options, tokens, followRedirects(options.origin, wire.send));
  return {
    requests: wire.calls,
    token: async (signal) => tokens?.get(signal),
    discardToken: () => tokens?.discard(),
    get: (request, signal) => {
      const { host } = new URL(request.url);
      const guard = findBreaker(host, clock, log);
      const retryOptions = { maxRetries, deadline, paused: () => 0, clock, random, log };
      return retry(retryOptions, signal, (number, left) =>
        guard(signal, () => attempt(options, send, request, number + 1, signal), left),
      );
    },
  };
}

const NO_METER: Pick<Meter, 'begin'> = { begin: () => () => undefined };

function authorize(options: GetterOptions, tokens: Tokens | undefined, send: SendFollowing): SendFollowing {
  if (tokens === undefined || options.signIn === undefined) return send;
  const withToken = withTokens(tokens, options.signIn.rules, send);
  return (request, signal) =>
    new URL(request.url).origin === options.origin ? withToken(request, signal) : send(request, signal);
}

async function attempt(
  { headers, rules, label }: GetterOptions,
  send: SendFollowing,
  { url, accept: type, maxBytes, known }: GetRequest,
  number: number,
  signal: AbortSignal,
): Promise<ConditionalAnswer> {
  const request = {
    method: 'GET',
    url,
    headers: { ...acceptUnlessSet(headers, type), ...headers, ...conditionsFor(known) },
    maxBytes,
    call: { kind: 'data', resource: label, attempt: number },
  } as const;
  const answer = await send(request, signal).catch((error: unknown) => {
    throw isTooLarge(error) ? tooLargeError(url, maxBytes, error) : error;
  });
  const value = readConditional(answer, known);
  if (value !== undefined) return value;
  accept(rules, { ...request, url: answer.url }, answer);
  // `accept` returns for a 200 only.
  throw new FatalError(`${new URL(url).pathname} answered ${answer.status}`, { op: 'GET' });
}

/** The user's own header counts: some APIs have media types for their versions. */
function acceptUnlessSet(headers: GetterOptions['headers'], type: string): Record<string, string> {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'accept') ? {} : { Accept: type };
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RetryableError && error.code === 'too-large';
}

function tooLargeError(url: string, maxBytes: number, cause: unknown): FatalError {
  const { host, pathname } = new URL(url);
  return new FatalError(`${host}${pathname} sends more than ${maxBytes / 1024 / 1024} MB in one answer`, {
    op: 'GET',
    hint: 'request smaller pages, or check that the address is the right one',
    cause,
  });
}
