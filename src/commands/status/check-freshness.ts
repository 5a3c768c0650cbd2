import { FatalError } from '../../errors.ts';
import { formatDuration } from '../../lib/duration.ts';
import { listStaleItems } from '../../report/stale-items.ts';
import type { StatusReport } from '../../report/status-report.ts';

export type FreshnessOptions = {
  /** The feed's id; undefined if none is configured. */
  readonly feed: string | undefined;
  readonly sources: readonly { readonly id: string; readonly every?: number }[];
  /** Milliseconds. */
  readonly maxAge: number;
};

/**
 * Decides whether the tables of the feed, and the sources of items, are fresh.
 * @returns one line, for monitoring.
 * @throws FatalError if any of them is stale.
 */
export function checkFreshness(status: StatusReport, { feed, sources, maxAge }: FreshnessOptions): string {
  const items = status.items ?? [];
  const staleItems = listStaleItems(items, { sources, maxAge }, Date.parse(status.at));
  const limit = `at most ${formatDuration(maxAge)} is allowed`;
  const isFeedStale = feed === undefined ? items.length === 0 : isStale(status, maxAge);
  const stale = [...(isFeedStale ? [`${explainStale(status, feed)}; ${limit}`] : []), ...staleItems];
  if (stale.length > 0) {
    throw new FatalError(`stale: ${stale.join('; ')}`, {
      op: 'status',
      hint: 'trestle-etl status shows the last runs, trestle-etl doctor finds the problem',
    });
  }
  const fresh = [
    ...(feed === undefined
      ? []
      : [`in step with the feed ${formatDuration((status.ageSeconds ?? 0) * 1000)} ago; ${limit}`]),
    ...(items.length === 0 ? [] : [describeItems(items.length)]),
  ];
  return `fresh: ${fresh.join('; ')}`;
}

function isStale({ ageSeconds }: StatusReport, maxAge: number): boolean {
  return ageSeconds === null || ageSeconds * 1000 > maxAge;
}

function describeItems(count: number): string {
  return count === 1 ? 'the source of items is fresh' : `all ${count} sources of items are fresh`;
}

/** Names the resource that is behind, and the state of the last run. */
function explainStale({ resources: all, runs }: StatusReport, source: string | undefined): string {
  if (all.length === 0) return 'there are no tables yet';
  const resources = all.filter(({ skipped }) => skipped === undefined);
  if (resources.length === 0) return 'none of RESOURCES is licensed';
  const never = resources.filter(({ ageSeconds }) => ageSeconds === null);
  const [oldest] = [...resources].sort((a, b) => (b.ageSeconds ?? 0) - (a.ageSeconds ?? 0));
  const behind =
    never.length > 0
      ? `${never.map(({ resource }) => resource).join(', ')} was never read completely`
      : `${oldest!.resource} was in step with the feed ${formatDuration((oldest!.ageSeconds ?? 0) * 1000)} ago`;
  const last = runs.find((run) => run.source === source);
  if (last === undefined) return `${behind}; there is no run yet`;
  const reason = last.error_message === null ? '' : `: ${last.error_message}`;
  return `${behind}; the last run (${last.id}, ${last.mode}) started ${last.sync_start.slice(0, 19)} UTC and is ${last.status}${reason}`;
}
