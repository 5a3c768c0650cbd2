import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { Meter } from '../model/usage.ts';
import { readDate } from './headers.ts';
import type { ReadQuota } from './quota.ts';
import type { Answer, Call, Send } from './send.ts';

export type ObserveOptions = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly meter: Pick<Meter, 'begin'>;
  /** Reads the remaining quota, which is logged with each answer. */
  readonly readQuota?: ReadQuota | undefined;
  /**
   * Requests go to servers of others: the host is logged and not the query, which may have a key, and only 4xx and 5xx are
   * counted as failed.
   */
  readonly isExternal?: boolean;
};

export type ObservedSender = {
  readonly send: Send;
  /** Requests sent so far, without sign-ins: no quota counts those. */
  calls(): number;
  /** The API's time, by the `Date` of its last answer; this machine's time before the first answer. */
  now(): number;
};

const DEFAULT_CALL: Call = { kind: 'data', resource: '', attempt: 1 };

/** Counts every request before it is sent, and logs one line for each. */
export function observe(
  { clock, log, meter, readQuota, isExternal = false }: ObserveOptions,
  send: Send,
): ObservedSender {
  let calls = 0;
  let clockOffset = 0;
  return {
    calls: () => calls,
    now: () => clock.now() + clockOffset,
    send: async (request, signal) => {
      signal.throwIfAborted();
      const { kind, resource, attempt } = request.call ?? DEFAULT_CALL;
      if (kind !== 'token') calls += 1;
      const url = new URL(request.url);
      const address = isExternal
        ? { host: url.host, path: url.pathname }
        : { path: url.pathname, query: Object.fromEntries(url.searchParams) };
      const call = { method: request.method, ...address, kind, resource, attempt };
      const end = meter.begin(kind, resource);
      const start = clock.now();
      try {
        const answer = await send(request, signal);
        end({ failed: isExternal ? answer.status >= 400 : answer.status !== 200, bytes: answer.body.length });
        clockOffset = measureClockOffset(clock, answer) ?? clockOffset;
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

function measureClockOffset(clock: Clock, { headers }: Answer): number | undefined {
  const date = readDate(headers);
  return date === undefined ? undefined : date - clock.now();
}

function describe({ status, headers, body }: Answer, readQuota: ReadQuota | undefined): object {
  const { minute, hour } = readQuota?.(headers) ?? {};
  return { status, bytes: body.length, minuteLeft: minute?.left, hourLeft: hour?.left };
}
