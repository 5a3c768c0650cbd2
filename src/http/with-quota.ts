import { BusyError } from '../errors.ts';
import { formatDuration } from '../lib/duration.ts';
import { readPrivate, writePrivate } from '../host/private-file.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { QuotaRules } from './api-rules.ts';
import { dateOf } from './headers.ts';
import { afterAnswer, afterSend, type Limits, type Quota, waitBefore, type Window } from './quota.ts';
import type { Send } from './send.ts';

export type QuotaOptions = Limits & {
  readonly rules: QuotaRules;
  /** Stores the quota between runs. */
  readonly file: string;
  /** The longest wait of a run, in milliseconds. */
  readonly maxWait: number;
  readonly clock: Clock;
  readonly log: Logger;
};

export type Metered = {
  readonly send: Send;
  quota(): Quota;
  /** Milliseconds spent waiting so far. */
  waited(): number;
};

/**
 * Holds every request back until the quota allows it.
 * @throws BusyError if that would take longer than `maxWait`.
 */
export function withQuota(options: QuotaOptions, send: Send): Metered {
  const { clock, file, log, rules } = options;
  let quota = readQuotaFile(file, clock.now());
  let waited = 0;
  let isKept = true;
  const wait = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const pause = waitBefore(quota, options, clock.now());
      if (pause === undefined) return;
      if (pause.ms > options.maxWait) {
        throw new BusyError(`the ${pause.window}'s quota is spent for ${formatDuration(pause.ms)}`, {
          op: 'quota',
          hint: rules.hint,
        });
      }
      log.info({ window: pause.window, ms: pause.ms }, 'waiting for the quota');
      const start = clock.now();
      await clock.sleep(pause.ms, signal);
      waited += clock.now() - start;
    }
  };
  return {
    quota: () => quota,
    waited: () => waited,
    send: async (request, signal) => {
      await wait(signal);
      quota = afterSend(quota, options, clock.now());
      const answer = await send(request, signal);
      const { headers } = answer;
      quota = afterAnswer(quota, rules.read(headers), dateOf(headers), clock.now());
      isKept = storeQuota(file, quota, isKept ? log : undefined);
      return answer;
    },
  };
}

/** A full disk costs the next run a guess, not this one its life. @returns whether it was stored. */
function storeQuota(file: string, quota: Quota, log: Logger | undefined): boolean {
  try {
    writePrivate(file, quota);
    return true;
  } catch (err) {
    log?.warn({ err }, 'what is left of the quota could not be kept');
    return false;
  }
}

/** The file is ours, but anything may be in it: what does not look right is ignored. */
export function readQuotaFile(file: string, now: number): Quota {
  const found = readPrivate(file) as Partial<Quota> | undefined;
  const sent = Array.isArray(found?.sent)
    ? found.sent.filter((item) => isSent(item) && item[0] * 1000 <= now)
    : [];
  return {
    sent,
    ...(isWindow(found?.minute, now) ? { minute: found.minute } : {}),
    ...(isWindow(found?.hour, now) ? { hour: found.hour } : {}),
  };
}

function isSent(item: unknown): item is [number, number] {
  return Array.isArray(item) && item.length === 2 && item.every(Number.isFinite);
}

/** One that was stated in the future is none: the clock was set back since. */
function isWindow(value: Window | undefined, now: number): value is Window {
  if (typeof value !== 'object' || value === null || !Number.isFinite(value.at)) return false;
  return value.at <= now && Object.values(value).every(Number.isFinite);
}
