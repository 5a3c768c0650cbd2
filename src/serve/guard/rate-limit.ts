import { MINUTE_MS } from '../../lib/time.ts';

/** The state of a caller's minute after one more request. */
export type Allowance = {
  readonly isAllowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the next minute. */
  readonly resetSeconds: number;
};

/** Callers that are remembered at most; the oldest is forgotten. */
const MAX_CALLERS = 10_000;

/** Counts the requests of each caller in fixed minutes. */
export function createRateLimit(limit: number, now: () => number): (caller: string) => Allowance {
  const counts = new Map<string, { readonly start: number; used: number }>();
  return (caller) => {
    const time = now();
    let count = counts.get(caller);
    if (count === undefined || time < count.start || time - count.start >= MINUTE_MS) {
      counts.delete(caller);
      count = { start: time, used: 0 };
      const [oldest] = counts.keys();
      if (oldest !== undefined && counts.size >= MAX_CALLERS) counts.delete(oldest);
      counts.set(caller, count);
    }
    count.used += 1;
    return {
      isAllowed: count.used <= limit,
      limit,
      remaining: Math.max(0, limit - count.used),
      resetSeconds: Math.max(1, Math.ceil((count.start + MINUTE_MS - time) / 1000)),
    };
  };
}
