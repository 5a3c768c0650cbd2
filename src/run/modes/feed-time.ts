import type { Active } from '../active.ts';

/** The feed's Date header has whole seconds, and an answer takes a while to arrive. */
export const MARGIN = 60_000;

/** A time of ours by the feed's clock, which is known only once the feed has answered; a little before, to be safe. */
export function feedTimeAt({ tools: { source, clock } }: Pick<Active, 'tools'>, time: number): string {
  return new Date(source.now() - (clock.now() - time) - MARGIN).toISOString();
}
