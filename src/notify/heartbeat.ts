import { markHandled } from '../lib/mark-handled.ts';
import type { ProxySettings } from '../http/proxy.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import { LIMIT, tried, within } from './alert/tries.ts';
import { sendRequest } from './request.ts';

export type HeartbeatOptions = {
  /** HEALTHCHECK_URL */
  readonly address: string | undefined;
  readonly proxies?: ProxySettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Milliseconds that the end of a run may take. */
  readonly limit?: number;
};

/** Tells a service that watches over cron jobs how runs go; it raises an alarm where nothing is told. */
export type Heartbeat = {
  /** A run begins. Does not wait for an answer. */
  start(): void;
  /**
   * The run has ended, well or not; `undefined` for one that proves neither, of which nothing is told. Takes a few
   * seconds at most, and never throws.
   */
  end(how: 'success' | 'fail' | undefined): Promise<void>;
};

/** The part of the limit that the news of the beginning may still need when the run has ended. */
const GRACE = 1 / 5;

/** Paths as healthchecks.io has them, and others have taken over: https://healthchecks.io/docs/http_api/. */
const PATHS = { start: '/start', success: '', fail: '/fail' } as const;

export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { address, proxies, clock, random, log, limit = LIMIT } = options;
  const tell = async (what: keyof typeof PATHS, signal: AbortSignal): Promise<void> => {
    if (address === undefined) return;
    const request = {
      op: 'ping',
      variable: 'HEALTHCHECK_URL',
      proxies,
      address: behind(address, PATHS[what]),
    };
    try {
      await tried((until) => sendRequest(request, until), { clock, random, signal });
    } catch (err) {
      log.warn({ err, ping: what }, 'the healthcheck could not be reached');
    }
  };
  const tooLate = new AbortController();
  let started: Promise<void> = Promise.resolve();
  return {
    start: () => {
      started = markHandled(
        within([options.signal, tooLate.signal], limit, (signal) => tell('start', signal)),
      );
    },
    end: (how) =>
      within([options.signal], limit, async (signal) => {
        const grace = setTimeout(() => tooLate.abort(), limit * GRACE);
        await started;
        clearTimeout(grace);
        if (how !== undefined) await tell(how, signal);
      }),
  };
}

/** The address with a path behind its own; what is behind a `?` stays behind. */
function behind(address: string, path: string): string {
  const url = new URL(address);
  if (path !== '') url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
  return url.href;
}
