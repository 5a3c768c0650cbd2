import type { Clock, Log } from '../../model.ts';
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
};

export type Client = {
  /** One page; `once` for a request that must not be sent again. */
  get(url: string, signal: AbortSignal, once?: boolean): Promise<Body>;
  calls(): number;
  /** The API's time. */
  now(): number;
  quota(): Quota;
};

/** The way of a request, in one place: retry(breaker(quota(token(observed(send))))). */
export function createClient(options: ClientOptions): Client {
  const { clock, log, random } = options;
  const wire = observed({ clock, log: log.api, tokenUrl: options.tokenUrl }, sender(options.timeout));
  const signedIn = withToken(
    { credentials: options, file: options.tokenFile, clock, onToken: options.onToken },
    wire.send,
  );
  const metered = withQuota({ ...options, file: options.quotaFile, log: log.api }, signedIn);
  const guarded = breaker({ clock, log: log.api });
  return {
    get: (url, signal, once = false) => {
      const request = { method: 'GET', url, headers: { Accept: 'application/json' } } as const;
      const maxRetries = once ? 0 : options.maxRetries;
      const rules = { ...options, maxRetries, paused: metered.waited, clock, random, log: log.api };
      return retry(rules, signal, () =>
        guarded(signal, async () => readBody(accept(request, await metered.send(request, signal)))),
      );
    },
    calls: wire.calls,
    now: wire.now,
    quota: metered.quota,
  };
}
