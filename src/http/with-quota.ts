import { BusyError } from '../errors.ts';
import { formatDuration } from '../lib/duration.ts';
import { readPrivate, writePrivate } from '../host/private-file.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { QuotaRules } from './api-rules.ts';
import { readDate } from './headers.ts';
import {
  recordAnswer,
  recordSend,
  type QuotaLimits,
  type Quota,
  planWait,
  type QuotaWindow,
} from './quota.ts';
import type { Answer, Request } from './send.ts';

export type QuotaOptions = QuotaLimits & {
  readonly rules: QuotaRules;
  /** Where the quota is stored between runs. */
  readonly file: string;
  /** The longest wait, in milliseconds. */
  readonly maxWait: number;
  /** Milliseconds between two writes of the file; each answer writes it unless set. */
  readonly storeInterval?: number;
  readonly clock: Clock;
  readonly log: Logger;
};

export type MeteredSender<A = Answer> = {
  readonly send: (request: Request, signal: AbortSignal) => Promise<A>;
  quota(): Quota;
  /** Milliseconds spent waiting so far. */
  waited(): number;
};

/**
 * Delays every request until the quota allows it.
 * @throws BusyError if the wait would be longer than `maxWait`.
 */
export function withQuota<A extends Pick<Answer, 'headers'>>(
  options: QuotaOptions,
  send: (request: Request, signal: AbortSignal) => Promise<A>,
): MeteredSender<A> {
  const { clock, file, log, rules, storeInterval = 0 } = options;
  let storedAt = -Infinity;
  let quota = readQuotaFile(file, clock.now());
  let waited = 0;
  let isStored = true;
  const wait = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const pause = planWait(quota, options, clock.now());
      if (pause === undefined) return;
      if (pause.ms > options.maxWait) {
        throw new BusyError(`the ${pause.window}'s quota is spent for ${formatDuration(pause.ms)}`, {
          op: 'quota',
          code: `${pause.window}-quota`,
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
      quota = recordSend(quota, options, clock.now());
      const answer = await send(request, signal);
      const { headers } = answer;
      quota = recordAnswer(quota, rules.read(headers), readDate(headers), clock.now());
      if (clock.now() - storedAt >= storeInterval) {
        isStored = storeQuota(file, quota, isStored ? log : undefined);
        storedAt = clock.now();
      }
      return answer;
    },
  };
}

/** A full disk must not fail the run: the next one starts without a known quota. @returns whether it was stored. */
function storeQuota(file: string, quota: Quota, log: Logger | undefined): boolean {
  try {
    writePrivate(file, quota);
    return true;
  } catch (err) {
    log?.warn({ err }, 'the remaining quota could not be stored');
    return false;
  }
}

/** Reads the stored quota. The file may hold anything: invalid parts are ignored. */
export function readQuotaFile(file: string, now: number): Quota {
  const found = readPrivate(file) as Partial<Quota> | undefined;
  const sent = Array.isArray(found?.sent)
    ? found.sent.filter((item) => isSendCount(item) && item[0] * 1000 <= now)
    : [];
  return {
    sent,
    ...(isWindow(found?.minute, now) ? { minute: found.minute } : {}),
    ...(isWindow(found?.hour, now) ? { hour: found.hour } : {}),
  };
}

function isSendCount(item: unknown): item is [number, number] {
  return Array.isArray(item) && item.length === 2 && item.every(Number.isFinite);
}

/** A window from the future is invalid: the clock was set back since it was stored. */
function isWindow(value: QuotaWindow | undefined, now: number): value is QuotaWindow {
  if (typeof value !== 'object' || value === null || !Number.isFinite(value.at)) return false;
  return value.at <= now && Object.values(value).every(Number.isFinite);
}
