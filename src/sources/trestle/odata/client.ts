import type { ProxySettings } from '../../../http/proxy.ts';
import type { Clock } from '../../../model/clock.ts';
import type { Log } from '../../../model/log.ts';
import type { CallKind, Meter } from '../../../model/usage.ts';
import { accept, acceptList } from '../../../http/answer.ts';
import { breaker } from '../../../http/breaker.ts';
import { type Body, readBody } from './body.ts';
import { observed } from '../../../http/observe.ts';
import type { Quota } from '../../../http/quota.ts';
import { retry } from '../../../http/retry.ts';
import { type Answer, sender } from '../../../http/send.ts';
import { withToken } from '../../../http/token.ts';
import { withQuota } from '../../../http/with-quota.ts';

export type ClientOptions = {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** None where it is left away. */
  readonly proxy?: ProxySettings;
  /** Milliseconds for one exchange. */
  readonly timeout: number;
  readonly maxRetries: number;
  /** Milliseconds after which a request is not tried again. */
  readonly deadline: number;
  readonly reservePercent: number;
  /** Milliseconds that a run waits for the quota at most. */
  readonly maxWait: number;
  /** Length of the quota's minute in milliseconds; other than a minute in tests only. */
  readonly minute: number;
  readonly tokenFile: string;
  readonly quotaFile: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly onToken: (token: string) => void;
  /** Told of every request; nobody is where it is left away. */
  readonly meter?: Pick<Meter, 'begin'>;
};

/** What a request is for. */
export type Purpose = {
  readonly kind?: CallKind;
  readonly resource?: string;
  /** Members that will be wanted of a page's records. */
  readonly names?: readonly string[];
  /** Tries after the first one, where these are to be fewer than the user's: 0 for what must not be sent again. */
  readonly retries?: number;
  /** Whether its keys are asked for in halves if it is refused, so that a refusal by whatever server is final. */
  readonly isDivisible?: boolean;
};

/** Something else than a page: how it is asked for, and read. */
export type Paper<T> = {
  /** The media type. */
  readonly accept: string;
  /** Unpacked; a page's where it is not said. */
  readonly mostBytes?: number;
  /** @throws RetryableError where another try may bring a better answer. */
  readonly read: (answer: Answer) => T | Promise<T>;
};

export type Client = {
  /** One page. */
  get(url: string, signal: AbortSignal, purpose?: Purpose): Promise<Body>;
  /** Something else. */
  fetch<T>(url: string, paper: Paper<T>, signal: AbortSignal, purpose?: Purpose): Promise<T>;
  calls(): number;
  /** The API's time. */
  now(): number;
  quota(): Quota;
};

/** The way of a request, in one place: retry(breaker(quota(token(observed(send))))). */
export function createClient(options: ClientOptions): Client {
  const { clock, log, random } = options;
  const { meter = { begin: () => () => undefined }, tokenUrl } = options;
  const wire = observed({ clock, log: log.api, tokenUrl, meter }, sender(options.timeout, options.proxy));
  const signedIn = withToken(
    { credentials: options, file: options.tokenFile, clock, log: log.api, onToken: options.onToken },
    wire.send,
  );
  const metered = withQuota({ ...options, file: options.quotaFile, log: log.api }, signedIn);
  const guarded = breaker({ clock, log: log.api });
  const fetch: Client['fetch'] = (url, paper, signal, purpose = {}) => {
    const { kind = 'data', resource = '', retries = options.maxRetries, isDivisible = false } = purpose;
    const { accept: type, read, ...bounds } = paper;
    const request = { method: 'GET', url, headers: { Accept: type }, ...bounds } as const;
    const maxRetries = Math.min(retries, options.maxRetries);
    const rules = { ...options, maxRetries, paused: metered.waited, clock, random, log: log.api };
    return retry(rules, signal, (number, left) => {
      const tried = { ...request, call: { kind, resource, attempt: number + 1 } };
      const attempt = async () => {
        const answer = await metered.send(tried, signal);
        return read(isDivisible ? acceptList(tried, answer) : accept(tried, answer));
      };
      return guarded(signal, attempt, left);
    });
  };
  return {
    fetch,
    get: (url, signal, purpose) => {
      const read = (answer: Answer): Promise<Body> => readBody(answer, purpose?.names);
      return fetch(url, { accept: 'application/json', read }, signal, purpose);
    },
    calls: wire.calls,
    now: wire.now,
    quota: metered.quota,
  };
}
