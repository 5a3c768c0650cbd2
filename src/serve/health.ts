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

/**
 * @param status may have been read earlier.
 * @param maxAge milliseconds after which the feed's data are stale.
 * @param now milliseconds.
 */
export function assessHealth(status: StatusReport, maxAge: number, now: number): Health {
  const feed = assessFeed(status, maxAge, now);
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

function assessFeed(status: StatusReport, maxAge: number, now: number): Part | null {
  if (status.resources.length === 0) return null;
  const last = readLastUpdate(status);
  const state = last === null ? 'new' : now - Date.parse(last) > maxAge ? 'stale' : 'ok';
  return { name: 'listings', state, last_updated: last };
}

/** ISO 8601: when all tables of the feed were last proven to be in step with it; null: never. */
export function readLastUpdate({ at, ageSeconds }: StatusReport): string | null {
  return ageSeconds === null ? null : new Date(Date.parse(at) - ageSeconds * 1000).toISOString();
}
