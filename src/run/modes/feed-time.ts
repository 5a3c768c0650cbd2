import { MAX_CLOCK_SKEW_MS } from '../../record/watermark.ts';
import type { ActiveRun, RunTools } from '../active-run.ts';

/** For the travel time of a response, and for the Date header, which has whole seconds. */
const MARGIN_MS = 60_000;

/** How far a current record can be ahead of the Date header, which has whole seconds. */
const HEADER_MS = 2000;

/**
 * Returns the latest time that a watermark may have, before the allowance for clock differences. Uses the feed's clock,
 * because the local one may be wrong. The allowance is limited to the overlap: records in between would never be read.
 */
export function getWatermarkLimit({ source, settings }: Pick<RunTools, 'source' | 'settings'>): number {
  return source.now() - Math.max(0, MAX_CLOCK_SKEW_MS - Math.max(settings.overlap, HEADER_MS));
}

/** Converts a local time to the earlier of the two clocks. */
export function toEarlierTime(active: Pick<ActiveRun, 'tools'>, time: number): string {
  const local = new Date(time - MARGIN_MS).toISOString();
  const remote = toFeedTime(active, time);
  return remote < local ? remote : local;
}

/** Converts a local time to the feed's clock, minus a safety margin. The feed's clock is known after its first answer. */
function toFeedTime({ tools: { source, clock } }: Pick<ActiveRun, 'tools'>, time: number): string {
  return new Date(source.now() - (clock.now() - time) - MARGIN_MS).toISOString();
}
