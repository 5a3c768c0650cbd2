import { BusyError } from '../../errors.ts';
import { formatDuration } from '../../lib/duration.ts';
import { readPrivate, writePrivate } from '../../lib/private-file.ts';
import type { Clock, Logger } from '../../model.ts';
import { afterAnswer, afterSend, type Limits, type Quota, waitBefore, type Window } from './quota.ts';
import type { Send } from './send.ts';

export type QuotaOptions = Limits & {
  /** Where the quota is remembered between runs. */
  readonly file: string;
  /** The longest wait, in milliseconds, that a run takes upon itself. */
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
 * @throws BusyError where that would take longer than `maxWait`.
 */
export function withQuota(options: QuotaOptions, send: Send): Metered {
  const { clock, file, log } = options;
  let quota = remembered(file);
  let waited = 0;
  const wait = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const pause = waitBefore(quota, options, clock.now());
      if (pause === undefined) return;
      if (pause.ms > options.maxWait) {
        throw new BusyError(`the ${pause.window}'s quota is spent for ${formatDuration(pause.ms)}`, {
          op: 'quota',
          hint: 'the next run goes on from here; QUOTA_RESERVE_PERCENT and QUOTA_MAX_WAIT set the bounds',
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
      quota = afterAnswer(quota, answer.headers, clock.now());
      writePrivate(file, quota);
      return answer;
    },
  };
}

/** The file is ours, but anything may be in it: what does not look right is forgotten. */
function remembered(file: string): Quota {
  const found = readPrivate(file) as Partial<Quota> | undefined;
  const sent = Array.isArray(found?.sent)
    ? found.sent.filter((item) => Array.isArray(item) && item.length === 2 && item.every(Number.isFinite))
    : [];
  return {
    sent,
    ...(isWindow(found?.minute) ? { minute: found.minute } : {}),
    ...(isWindow(found?.hour) ? { hour: found.hour } : {}),
  };
}

function isWindow(value: Window | undefined): value is Window {
  if (typeof value !== 'object' || value === null || !Number.isFinite(value.at)) return false;
  return Object.values(value).every(Number.isFinite);
}
