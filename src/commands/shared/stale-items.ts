import { formatDuration } from '../../lib/duration.ts';
import { MINUTE_MS } from '../../lib/time.ts';
import type { SourceReport } from '../../report/source-report.ts';

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

/**
 * Lists the sources of items that are stale, each as `local_news was last read 5 h ago`. A source that is gone has nothing new.
 * @param now milliseconds since the epoch.
 */
export function listStaleItems(
  reports: readonly Pick<SourceReport, 'source' | 'state' | 'succeededAt' | 'dueAt'>[],
  sources: readonly { readonly id: string; readonly every?: number }[],
  maxAge: number,
  now: number,
): string[] {
  return reports.flatMap(({ source, state, succeededAt, dueAt }) => {
    if (state === 'gone') return [];
    // Its server wants to be asked less often. One that is due has the time of its report.
    if (state === 'ok' && dueAt !== null && Date.parse(dueAt) > now + MINUTE_MS) return [];
    if (succeededAt === null) return [`${source} was never read`];
    const age = now - Date.parse(succeededAt);
    const limit = staleAfter(sources.find(({ id }) => id === source)?.every, maxAge);
    if (age <= limit) return [];
    return [
      `${source} was last read ${formatDuration(age)} ago (at most ${formatDuration(limit)} is allowed)`,
    ];
  });
}
