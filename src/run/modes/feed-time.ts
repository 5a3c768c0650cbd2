import { MAX_CLOCK_SKEW_MS } from '../../record/watermark.ts';
import type { ActiveRun, RunTools } from '../active-run.ts';

/** The feed's Date header has whole seconds, and an answer takes a while to arrive. */
const MARGIN_MS = 60_000;

/** How far ahead of the Date header, which has whole seconds, a record of this moment can be. */
const HEADER_MS = 2000;

/**
 * The time up to which a watermark may go, apart from what clocks may differ by: by the feed's clock, as ours may be wrong.
 * Clocks may not differ by more than the overlap: what lies between would never be read.
 */
export function getWatermarkLimit({ source, settings }: Pick<RunTools, 'source' | 'settings'>): number {
  return source.now() - Math.max(0, MAX_CLOCK_SKEW_MS - Math.max(settings.overlap, HEADER_MS));
}

/** A time of ours, by the earlier one of the two clocks. */
export function toEarlierTime(active: Pick<ActiveRun, 'tools'>, time: number): string {
  const ours = new Date(time - MARGIN_MS).toISOString();
  const theirs = toFeedTime(active, time);
  return theirs < ours ? theirs : ours;
}

/** A time of ours by the feed's clock, which is known only once the feed has answered; a little before, to be safe. */
function toFeedTime({ tools: { source, clock } }: Pick<ActiveRun, 'tools'>, time: number): string {
  return new Date(source.now() - (clock.now() - time) - MARGIN_MS).toISOString();
}
