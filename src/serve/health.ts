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
 * @param lastUpdate milliseconds: when the feed's tables were last proven to be in step with it; null: never.
 * @param maxAge milliseconds after which the feed's data are stale.
 * @param now milliseconds.
 */
export function assessHealth(
  status: StatusReport,
  lastUpdate: number | null,
  maxAge: number,
  now: number,
): Health {
  const feed = status.resources.length === 0 ? null : assessFeed(lastUpdate, maxAge, now);
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

function assessFeed(lastUpdate: number | null, maxAge: number, now: number): Part {
  if (lastUpdate === null) return { name: 'listings', state: 'new', last_updated: null };
  const state = now - lastUpdate > maxAge ? 'stale' : 'ok';
  return { name: 'listings', state, last_updated: new Date(lastUpdate).toISOString() };
}
