import type { StatusReport } from '../report/status-report.ts';

type Part = {
  readonly name: string;
  readonly state: 'ok' | 'stale' | 'failing' | 'new' | 'paused' | 'gone' | 'wrong' | 'removed';
  /** ISO 8601; null: never. */
  readonly last_updated: string | null;
};

/** What `/health` answers. */
export type Health = {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly database: 'connected' | 'unavailable';
  readonly feed?: Part | null;
  readonly sources?: readonly Part[];
};

/** @param maxAge milliseconds after which the feed's data are stale. */
export function assessHealth(status: StatusReport, maxAge: number): Health {
  const feed = assessFeed(status, maxAge);
  const sources = (status.items ?? []).map(({ source, state, succeededAt }): Part => ({
    name: source,
    state,
    last_updated: succeededAt,
  }));
  const isGood = [feed, ...sources].every(
    (part) => part === null || ['ok', 'new', 'removed'].includes(part.state),
  );
  return { status: isGood ? 'healthy' : 'degraded', database: 'connected', feed, sources };
}

function assessFeed(status: StatusReport, maxAge: number): Part | null {
  const { resources, ageSeconds } = status;
  if (resources.length === 0) return null;
  const state = ageSeconds === null ? 'new' : ageSeconds * 1000 > maxAge ? 'stale' : 'ok';
  return { name: 'listings', state, last_updated: readLastUpdate(status) };
}

/** ISO 8601: when all tables of the feed were last proven to be in step with it; null: never. */
export function readLastUpdate({ at, ageSeconds }: StatusReport): string | null {
  return ageSeconds === null ? null : new Date(Date.parse(at) - ageSeconds * 1000).toISOString();
}
