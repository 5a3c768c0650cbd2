import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { CallKind, Meter } from '../model/usage.ts';
import { accept, acceptKeyList } from './answer.ts';
import type { ApiRules, QuotaRules } from './api-rules.ts';
import { createBreaker } from './breaker.ts';
import { observe } from './observe.ts';
import type { ProxySettings } from './proxy.ts';
import type { QuotaLimits, Quota } from './quota.ts';
import { retry } from './retry.ts';
import { type Answer, createSender, type Send } from './send.ts';
import { type TokenOptions, withToken } from './token.ts';
import { type MeteredSender, withQuota } from './with-quota.ts';

export type HttpClientOptions = {
  readonly rules: ApiRules;
  readonly proxies?: ProxySettings | undefined;
  /** Milliseconds for one exchange. */
  readonly timeout: number;
  readonly maxRetries: number;
  /** Milliseconds after which a failed request is not retried. */
  readonly deadline: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Counts every request. */
  readonly meter?: Pick<Meter, 'begin'> | undefined;
  /** Requests carry no token unless this is set. */
  readonly signIn?: Omit<TokenOptions, 'clock' | 'log'>;
  /** No request waits for a quota unless this is set. */
  readonly quota?: QuotaLimits & {
    readonly rules: QuotaRules;
    readonly file: string;
    readonly maxWait: number;
  };
};

/** What a request is for. */
export type Purpose = {
  readonly kind?: CallKind;
  readonly resource?: string;
  /** Retries, if fewer than the user's setting; 0 for a request that must not be sent again. */
  readonly retries?: number;
  /** Whether the caller splits its keys in half if it is refused. A refusal by any server is then final. */
  readonly isDivisible?: boolean;
};

/** How an answer is requested and read. */
export type ResponseFormat<T> = {
  /** The media type. */
  readonly accept: string;
  /** Limit of the decompressed body; 512 MB unless set. */
  readonly maxBytes?: number;
  /** @throws RetryableError if a retry may bring a better answer. */
  readonly read: (answer: Answer) => T | Promise<T>;
};

export type HttpClient = {
  /**
   * Requests an address with GET and reads its answer.
   * @throws UnavailableError, BusyError, ConfigError or CredentialsError: see `retry` and `accept`.
   */
  fetch<T>(url: string, format: ResponseFormat<T>, signal: AbortSignal, purpose?: Purpose): Promise<T>;
  /** Requests sent so far, without sign-ins. */
  calls(): number;
  /** The API's time. */
  now(): number;
  /** Milliseconds spent waiting for the quota so far. */
  waited(): number;
  quota(): Quota;
};

/** The path of every request: retry(breaker(quota(token(observe(send))))). */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { clock, log, random, rules } = options;
  const sender = createSender({ ...options, hint: rules.hints.unreachable });
  const wire = observe(
    { ...options, meter: options.meter ?? NO_METER, readQuota: options.quota?.rules.read },
    sender,
  );
  const signedIn =
    options.signIn === undefined ? wire.send : withToken({ ...options.signIn, clock, log }, wire.send);
  const metered =
    options.quota === undefined
      ? withoutQuota(signedIn)
      : withQuota({ ...options.quota, clock, log }, signedIn);
  const guard = createBreaker({ clock, log });
  return {
    calls: wire.calls,
    now: wire.now,
    waited: metered.waited,
    quota: metered.quota,
    fetch: (url, { accept: type, read, ...bounds }, signal, purpose = {}) => {
      const { kind = 'data', resource = '', retries = options.maxRetries, isDivisible = false } = purpose;
      const request = { method: 'GET', url, headers: { Accept: type }, ...bounds } as const;
      const maxRetries = Math.min(retries, options.maxRetries);
      const retryOptions = {
        maxRetries,
        deadline: options.deadline,
        paused: metered.waited,
        clock,
        random,
        log,
      };
      return retry(retryOptions, signal, (number, left) => {
        const sent = { ...request, call: { kind, resource, attempt: number + 1 } };
        const attempt = async () => {
          const answer = await metered.send(sent, signal);
          return read(isDivisible ? acceptKeyList(rules, sent, answer) : accept(rules, sent, answer));
        };
        return guard(signal, attempt, left);
      });
    },
  };
}

const NO_METER: Pick<Meter, 'begin'> = { begin: () => () => undefined };

/** For an API without a quota: no request waits. */
function withoutQuota(send: Send): MeteredSender {
  return { send, quota: () => ({ sent: [] }), waited: () => 0 };
}
