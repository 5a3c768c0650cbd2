import { markHandled } from '../lib/mark-handled.ts';
import type { ProxySettings } from '../http/proxy.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import { LIMIT_MS, withRetries, withDeadline } from './alert/retries.ts';
import { sendRequest } from './request.ts';

export type HeartbeatOptions = {
  /** HEALTHCHECK_URL */
  readonly address: string | undefined;
  readonly proxies?: ProxySettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Maximum milliseconds for the pings at the end of a run. */
  readonly limit?: number;
};

/** Pings a service that monitors cron jobs, and raises an alarm if pings are missing. */
export type Heartbeat = {
  /** Reports the start of a run. Does not wait for an answer. */
  start(): void;
  /**
   * Reports the end of a run; nothing if it is `undefined`, for a run that proves neither success nor failure. Takes a few
   * seconds at most, and never throws.
   */
  end(how: 'success' | 'fail' | undefined): Promise<void>;
};

/** The share of the limit that a pending start ping may still take after the run has ended. */
const GRACE_SHARE = 1 / 5;

/** The paths of healthchecks.io, which other services use too: https://healthchecks.io/docs/http_api/. */
const PATHS = { start: '/start', success: '', fail: '/fail' } as const;

export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { address, proxies, clock, random, log, limit = LIMIT_MS } = options;
  const ping = async (event: keyof typeof PATHS, signal: AbortSignal): Promise<void> => {
    if (address === undefined) return;
    const request = {
      op: 'ping',
      variable: 'HEALTHCHECK_URL',
      proxies,
      address: appendPath(address, PATHS[event]),
    };
    try {
      await withRetries((attemptSignal) => sendRequest(request, attemptSignal), { clock, random, signal });
    } catch (err) {
      log.warn({ err, ping: event }, 'the healthcheck could not be reached');
    }
  };
  const graceEnd = new AbortController();
  let started: Promise<void> = Promise.resolve();
  return {
    start: () => {
      started = markHandled(
        withDeadline([options.signal, graceEnd.signal], limit, (signal) => ping('start', signal)),
      );
    },
    end: (how) =>
      withDeadline([options.signal], limit, async (signal) => {
        const grace = setTimeout(() => graceEnd.abort(), limit * GRACE_SHARE);
        await started;
        clearTimeout(grace);
        if (how !== undefined) await ping(how, signal);
      }),
  };
}

/** Appends to the path of an address, before its query. */
function appendPath(address: string, path: string): string {
  const url = new URL(address);
  if (path !== '') url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
  return url.href;
}
