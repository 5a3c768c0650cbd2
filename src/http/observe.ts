import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { Meter } from '../model/usage.ts';
import { dateOf } from './headers.ts';
import type { ReadQuota } from './quota.ts';
import type { Answer, Call, Send } from './send.ts';

export type ObserveOptions = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly meter: Pick<Meter, 'begin'>;
  /** What is left of the quota is logged with each answer. */
  readonly readQuota?: ReadQuota | undefined;
};

export type Observed = {
  readonly send: Send;
  /** Requests sent so far, without sign-ins, which no quota counts. */
  calls(): number;
  /** The API's time by the `Date` of its last answer; ours before the first. */
  now(): number;
};

const QUERY: Call = { kind: 'data', resource: '', attempt: 1 };

/** Counts every request, from before it is sent, and writes one line for each into the log. */
export function observe({ clock, log, meter, readQuota }: ObserveOptions, send: Send): Observed {
  let calls = 0;
  let clockOffset = 0;
  return {
    calls: () => calls,
    now: () => clock.now() + clockOffset,
    send: async (request, signal) => {
      signal.throwIfAborted();
      const { kind, resource, attempt } = request.call ?? QUERY;
      if (kind !== 'token') calls += 1;
      const url = new URL(request.url);
      const query = Object.fromEntries(url.searchParams);
      const call = { method: request.method, path: url.pathname, query, kind, resource, attempt };
      const end = meter.begin(kind, resource);
      const start = clock.now();
      try {
        const answer = await send(request, signal);
        end({ failed: answer.status !== 200, bytes: answer.body.length });
        clockOffset = aheadOf(clock, answer) ?? clockOffset;
        log.info({ ...call, ...describe(answer, readQuota), ms: clock.now() - start }, 'answered');
        return answer;
      } catch (error) {
        end({ failed: true, bytes: 0 });
        log.warn({ ...call, ms: clock.now() - start, err: error }, 'no answer');
        throw error;
      }
    },
  };
}

function aheadOf(clock: Clock, { headers }: Answer): number | undefined {
  const date = dateOf(headers);
  return date === undefined ? undefined : date - clock.now();
}

function describe({ status, headers, body }: Answer, readQuota: ReadQuota | undefined): object {
  const { minute, hour } = readQuota?.(headers) ?? {};
  return { status, bytes: body.length, minuteLeft: minute?.left, hourLeft: hour?.left };
}
