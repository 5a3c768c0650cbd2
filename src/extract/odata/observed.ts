import type { Clock, Logger } from '../../model.ts';
import type { Send } from './send.ts';

type Options = { readonly clock: Clock; readonly log: Logger; readonly tokenUrl: string };

export type Observed = {
  readonly send: Send;
  /** Requests sent that the quota counts: sign-ins are not among them. */
  calls(): number;
  /** The API's time by the `Date` of its last answer; ours before the first. */
  now(): number;
};

/** Writes one line for every request into api_calls.log. */
export function observed({ clock, log, tokenUrl }: Options, send: Send): Observed {
  let calls = 0;
  let ahead = 0;
  return {
    calls: () => calls,
    now: () => clock.now() + ahead,
    send: async (request, signal) => {
      const url = new URL(request.url);
      if (request.url !== tokenUrl) calls += 1;
      const call = {
        method: request.method,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
      };
      const start = clock.now();
      try {
        const answer = await send(request, signal);
        const date = Date.parse(answer.headers['date'] ?? '');
        if (!Number.isNaN(date)) ahead = date - clock.now();
        log.info(
          {
            ...call,
            status: answer.status,
            ms: clock.now() - start,
            bytes: answer.body.length,
            minuteLeft: answer.headers['minute-quota-available'],
            hourLeft: answer.headers['hour-quota-available'],
          },
          'answered',
        );
        return answer;
      } catch (error) {
        log.warn({ ...call, ms: clock.now() - start, err: error }, 'no answer');
        throw error;
      }
    },
  };
}
