import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { Meter } from '../model/usage.ts';
import { quotaNumber } from './quota.ts';
import type { Answer, Call, Send } from './send.ts';

type Options = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly tokenUrl: string;
  readonly meter: Pick<Meter, 'begin'>;
};

export type Observed = {
  readonly send: Send;
  /** Requests sent that the quota counts: sign-ins are not among them. */
  calls(): number;
  /** The API's time by the `Date` of its last answer; ours before the first. */
  now(): number;
};

const SIGN_IN: Call = { kind: 'token', resource: '', attempt: 1 };
const QUERY: Call = { kind: 'data', resource: '', attempt: 1 };

/** Counts every request, from before it is sent, and writes one line for each into api_calls.log. */
export function observed({ clock, log, tokenUrl, meter }: Options, send: Send): Observed {
  let calls = 0;
  let ahead = 0;
  return {
    calls: () => calls,
    now: () => clock.now() + ahead,
    send: async (request, signal) => {
      signal.throwIfAborted();
      const isSignIn = request.url === tokenUrl;
      if (!isSignIn) calls += 1;
      const { kind, resource, attempt } = request.call ?? (isSignIn ? SIGN_IN : QUERY);
      const url = new URL(request.url);
      const query = Object.fromEntries(url.searchParams);
      const call = { method: request.method, path: url.pathname, query, kind, resource, attempt };
      const end = meter.begin(kind, resource);
      const start = clock.now();
      try {
        const answer = await send(request, signal);
        end({ failed: answer.status !== 200, bytes: answer.body.length });
        const date = Date.parse(answer.headers['date'] ?? '');
        if (!Number.isNaN(date)) ahead = date - clock.now();
        log.info({ ...call, ...described(answer), ms: clock.now() - start }, 'answered');
        return answer;
      } catch (error) {
        end({ failed: true, bytes: 0 });
        log.warn({ ...call, ms: clock.now() - start, err: error }, 'no answer');
        throw error;
      }
    },
  };
}

function described({ status, headers, body }: Answer): object {
  return {
    status,
    bytes: body.length,
    minuteLeft: quotaNumber(headers['minute-quota-available']),
    hourLeft: quotaNumber(headers['hour-quota-available']),
  };
}
