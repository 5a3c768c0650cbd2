import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';
import { refuseItems } from './refuse-items.ts';

/**
 * For a command that needs the feed, or another source with datasets.
 * @param hint the command to use instead, for a source that publishes releases.
 * @throws UsageError if the source publishes releases or has items.
 */
export function requireFeed({ tools }: Pick<Context, 'tools'>, op: string, hint?: string): void {
  refuseItems({ tools }, op, 'a feed');
  const { id, release } = tools.source;
  if (release === undefined) return;
  throw new UsageError(`${op} needs a feed, and ${id} is read whole`, {
    op,
    hint:
      hint ??
      `trestle-etl releases ${id} shows its releases; TRESTLE_CLIENT_ID and TRESTLE_CLIENT_SECRET configure the feed`,
  });
}
