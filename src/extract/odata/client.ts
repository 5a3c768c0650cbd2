import type { CallKind, Clock, Log, Meter } from '../../model.ts';
import { accept } from './answer.ts';
import { breaker } from './breaker.ts';
import { type Body, readBody } from './body.ts';
import { observed } from './observed.ts';
import type { Quota } from './quota.ts';
import { retry } from './retry.ts';
import { sender } from './send.ts';
import { withToken } from './token.ts';
import { withQuota } from './with-quota.ts';

export type ClientOptions = {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
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
  /** It must not be sent again. */
  readonly once?: boolean;
};

export type Client = {
  /** One page. */
  get(url: string, signal: AbortSignal, purpose?: Purpose): Promise<Body>;
  calls(): number;
  /** The API's time. */
  now(): number;
  quota(): Quota;
};

/** The way of a request, in one place: retry(breaker(quota(token(observed(send))))). */
export function createClient(options: ClientOptions): Client {
  const { clock, log, random } = options;
  const { meter = { begin: () => () => undefined }, tokenUrl } = options;
  const wire = observed({ clock, log: log.api, tokenUrl, meter }, sender(options.timeout));
  const signedIn = withToken(
    { credentials: options, file: options.tokenFile, clock, log: log.api, onToken: options.onToken },
    wire.send,
  );
  const metered = withQuota({ ...options, file: options.quotaFile, log: log.api }, signedIn);
  const guarded = breaker({ clock, log: log.api });
  return {
    get: (url, signal, { kind = 'data', resource = '', once = false } = {}) => {
      const request = { method: 'GET', url, headers: { Accept: 'application/json' } } as const;
      const maxRetries = once ? 0 : options.maxRetries;
      const rules = { ...options, maxRetries, paused: metered.waited, clock, random, log: log.api };
      return retry(rules, signal, (number, left) => {
        const tried = { ...request, call: { kind, resource, attempt: number + 1 } };
        const attempt = async () => readBody(accept(tried, await metered.send(tried, signal)));
        return guarded(signal, attempt, left);
      });
    },
    calls: wire.calls,
    now: wire.now,
    quota: metered.quota,
  };
}
