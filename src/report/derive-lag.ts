import { fromSqlDateTime } from '../lib/time.ts';
import type { RunTimes } from '../record/run-history.ts';

/** How far the tables were behind the feed at some instant. Both in milliseconds. */
export type LagPoint = { readonly at: number; readonly lag: number };

const MODES = new Set(['sync', 'full-load', 'reconcile']);

/**
 * Derives the lag from runs that reached the end of the feed. What such a run stored was current when it started: the lag grows
 * until the next one ends, and then falls to the time that this one took.
 * @param runs in the order of their starts. @param now the lag is continued until then.
 */
export function deriveLag(runs: readonly RunTimes[], now: number): LagPoint[] {
  const points: LagPoint[] = [];
  let current: number | undefined;
  for (const { start, end } of runs.filter(isComplete)) {
    const [started, ended] = [fromSqlDateTime(start), fromSqlDateTime(end!)];
    if (current !== undefined) points.push({ at: ended, lag: ended - current });
    points.push({ at: ended, lag: ended - started });
    current = started;
  }
  return current === undefined ? points : [...points, { at: now, lag: Math.max(0, now - current) }];
}

/** A run that was interrupted is partial, with the reason. */
function isComplete({ mode, status, end, message }: RunTimes): boolean {
  const isGood = status === 'success' || (status === 'partial' && message === null);
  return MODES.has(mode) && isGood && end !== null;
}

/** Leaves out points of a long history: of each part of the time, the greatest lag and the last one stay. */
export function thinLag(points: readonly LagPoint[], most: number): readonly LagPoint[] {
  if (points.length <= most) return points;
  const parts = Math.ceil(most / 2);
  const [start, end] = [points[0]!.at, points.at(-1)!.at];
  const partOf = ({ at }: LagPoint): number =>
    Math.min(parts - 1, Math.floor(((at - start) / (end - start)) * parts));
  const kept = new Map<number, { highest: LagPoint; last: LagPoint }>();
  for (const point of points) {
    const highest = kept.get(partOf(point))?.highest ?? point;
    kept.set(partOf(point), { highest: point.lag > highest.lag ? point : highest, last: point });
  }
  return [...kept.values()].flatMap(({ highest, last }) => (highest === last ? [last] : [highest, last]));
}
