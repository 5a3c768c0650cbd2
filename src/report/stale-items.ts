import { formatDuration } from '../lib/duration.ts';
import { MINUTE_MS } from '../lib/time.ts';
import type { SourceReport } from './source-report.ts';

/** Runs that may fail before a source counts as stale. */
const RUNS = 3;

/**
 * Returns the age after which a source of items is stale: the age that is allowed for the feed, but at least three of its runs.
 * @param every milliseconds between two runs.
 * @param maxAge milliseconds.
 */
export function staleAfter(every: number | undefined, maxAge: number): number {
  return Math.max(maxAge, RUNS * (every ?? 0));
}

type Report = Pick<SourceReport, 'source' | 'state' | 'succeededAt' | 'dueAt'>;

/** When sources are stale. */
export type StaleLimits = {
  /** Each with the milliseconds between two of its runs. */
  readonly sources: readonly { readonly id: string; readonly every?: number }[];
  /** Milliseconds. */
  readonly maxAge: number;
};

/** Whether a source of items is stale. One that is gone has nothing new. @param now milliseconds since the epoch. */
export function isStaleItem(report: Report, limits: StaleLimits, now: number): boolean {
  const { state, succeededAt, dueAt } = report;
  if (state === 'gone' || state === 'removed') return false;
  // Its server wants to be asked less often. One that is due has the time of its report.
  if (state === 'ok' && dueAt !== null && Date.parse(dueAt) > now + MINUTE_MS) return false;
  return succeededAt === null || now - Date.parse(succeededAt) > findLimit(report, limits);
}

/** Lists the sources of items that are stale, each as `local_news was last read 5 h ago`. */
export function listStaleItems(reports: readonly Report[], limits: StaleLimits, now: number): string[] {
  return reports
    .filter((report) => isStaleItem(report, limits, now))
    .map((report) => {
      const { source, succeededAt } = report;
      if (succeededAt === null) return `${source} was never read`;
      const age = formatDuration(now - Date.parse(succeededAt));
      const limit = formatDuration(findLimit(report, limits));
      return `${source} was last read ${age} ago (at most ${limit} is allowed)`;
    });
}

function findLimit({ source }: Report, { sources, maxAge }: StaleLimits): number {
  return staleAfter(sources.find(({ id }) => id === source)?.every, maxAge);
}
