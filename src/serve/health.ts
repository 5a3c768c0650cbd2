import type { ReleaseReport } from '../report/release-report.ts';
import { isStaleItem, type StaleLimits } from '../report/stale-items.ts';
import type { StatusReport } from '../report/status-report.ts';

type Part = {
  readonly name: string;
  readonly state: 'ok' | 'stale' | 'failing' | 'new' | 'paused' | 'gone' | 'wrong' | 'removed';
  /** ISO 8601; null: never. */
  readonly last_updated: string | null;
};

/** What `/health` answers. `feed` and `sources` are missing if their state is unknown. */
export type Health = {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly database: 'connected' | 'unavailable';
  readonly feed?: Part | null;
  readonly sources?: readonly Part[];
};

/** The database answers, but reading the state took too long, and was never read before. */
export const UNKNOWN: Health = { status: 'degraded', database: 'connected' };

export const UNHEALTHY: Health = { status: 'unhealthy', database: 'unavailable' };

/** What is known besides the status, which may have been read earlier. */
export type HealthFacts = StaleLimits & {
  /** With or without tables. */
  readonly hasFeed: boolean;
  /** When the feed's tables were last proven to be in step with it, in milliseconds; null: never. */
  readonly lastUpdate: number | null;
};

/** States of a source that needs no attention. */
const GOOD: ReadonlySet<Part['state']> = new Set(['ok', 'removed']);

/**
 * Assesses the feed and all other sources. One that was never read is not good: its data are missing.
 * @param now milliseconds.
 */
export function assessHealth(status: StatusReport, facts: HealthFacts, now: number): Health {
  const feed = facts.hasFeed ? assessFeed(facts, now) : null;
  const items = (status.items ?? []).map((report): Part => {
    const isStale = report.state === 'ok' && isStaleItem(report, facts, now);
    const state = isStale ? 'stale' : report.state;
    return { name: report.source, state, last_updated: report.succeededAt };
  });
  const releases = (status.releases ?? []).map((report) => assessRelease(report, status.runs));
  const sources = [...items, ...releases];
  const isGood = [feed, ...sources].every((part) => part === null || GOOD.has(part.state));
  return { status: isGood ? 'healthy' : 'degraded', database: 'connected', feed, sources };
}

function assessFeed({ lastUpdate, maxAge }: HealthFacts, now: number): Part {
  if (lastUpdate === null) return { name: 'listings', state: 'new', last_updated: null };
  const state = now - lastUpdate > maxAge ? 'stale' : 'ok';
  return { name: 'listings', state, last_updated: new Date(lastUpdate).toISOString() };
}

function assessRelease({ source, published }: ReleaseReport, runs: StatusReport['runs']): Part {
  const last = runs.find((run) => run.source === source && !['running', 'skipped'].includes(run.status));
  const state = last?.status === 'failed' ? 'failing' : published === null ? 'new' : 'ok';
  return { name: source, state, last_updated: published?.at ?? null };
}
