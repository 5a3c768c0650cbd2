import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { CallKind, Meter } from '../model/usage.ts';
import { accept, acceptList } from './answer.ts';
import type { ApiRules, QuotaRules } from './api-rules.ts';
import { breaker } from './breaker.ts';
import { observe } from './observe.ts';
import type { ProxySettings } from './proxy.ts';
import type { Limits, Quota } from './quota.ts';
import { retry } from './retry.ts';
import { type Answer, createSender, type Send } from './send.ts';
import { type TokenOptions, withToken } from './token.ts';
import { type Metered, withQuota } from './with-quota.ts';

export type HttpClientOptions = {
  readonly rules: ApiRules;
  readonly proxies?: ProxySettings | undefined;
  /** Milliseconds for one exchange. */
  readonly timeout: number;
  readonly maxRetries: number;
  /** Milliseconds after which a request is not retried. */
  readonly deadline: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Counts every request. */
  readonly meter?: Pick<Meter, 'begin'> | undefined;
  /** Requests carry no token unless set. */
  readonly signIn?: Omit<TokenOptions, 'clock' | 'log'>;
  /** No request waits for a quota unless set. */
  readonly quota?: Limits & { readonly rules: QuotaRules; readonly file: string; readonly maxWait: number };
};

/** What a request is for. */
export type Purpose = {
  readonly kind?: CallKind;
  readonly resource?: string;
  /** Tries after the first one, if these are to be fewer than the user's: 0 for what must not be sent again. */
  readonly retries?: number;
  /** Whether its keys are asked for in halves if it is refused, so that a refusal by any server is final. */
  readonly isDivisible?: boolean;
};

/** How an answer is requested and read. */
export type ResponseFormat<T> = {
  /** The media type. */
  readonly accept: string;
  /** Of the decompressed body; 512 MB unless set. */
  readonly maxBytes?: number;
  /** @throws RetryableError if another try may bring a better answer. */
  readonly read: (answer: Answer) => T | Promise<T>;
};

export type HttpClient = {
  /**
   * Requests an address with GET and reads its answer.
   * @throws UnavailableError, BusyError, ConfigError or CredentialsError, see `retry` and `accept`.
   */
  fetch<T>(url: string, format: ResponseFormat<T>, signal: AbortSignal, purpose?: Purpose): Promise<T>;
  /** Requests sent so far, without sign-ins. */
  calls(): number;
  /** The API's time. */
  now(): number;
  quota(): Quota;
};

/** The path of every request: retry(breaker(quota(token(observe(send))))). */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { clock, log, random, rules } = options;
  const sender = createSender({ ...options, hint: rules.hints.unreachable });
  const wire = observe(
    { ...options, meter: options.meter ?? UNCOUNTED, readQuota: options.quota?.rules.read },
    sender,
  );
  const signedIn =
    options.signIn === undefined ? wire.send : withToken({ ...options.signIn, clock, log }, wire.send);
  const metered =
    options.quota === undefined ? unmetered(signedIn) : withQuota({ ...options.quota, clock, log }, signedIn);
  const guarded = breaker({ clock, log });
  return {
    calls: wire.calls,
    now: wire.now,
    quota: metered.quota,
    fetch: (url, { accept: type, read, ...bounds }, signal, purpose = {}) => {
      const { kind = 'data', resource = '', retries = options.maxRetries, isDivisible = false } = purpose;
      const request = { method: 'GET', url, headers: { Accept: type }, ...bounds } as const;
      const maxRetries = Math.min(retries, options.maxRetries);
      const retrying = { maxRetries, deadline: options.deadline, paused: metered.waited, clock, random, log };
      return retry(retrying, signal, (number, left) => {
        const tried = { ...request, call: { kind, resource, attempt: number + 1 } };
        const attempt = async () => {
          const answer = await metered.send(tried, signal);
          return read(isDivisible ? acceptList(rules, tried, answer) : accept(rules, tried, answer));
        };
        return guarded(signal, attempt, left);
      });
    },
  };
}

const UNCOUNTED: Pick<Meter, 'begin'> = { begin: () => () => undefined };

/** An API without a quota: nothing is known and nothing waits. */
function unmetered(send: Send): Metered {
  return { send, quota: () => ({ sent: [] }), waited: () => 0 };
}
