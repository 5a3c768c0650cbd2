import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';

/**
 * For a command that needs the feed, or another source with datasets.
 * @param hint the command to use instead, for a source that publishes releases.
 * @throws UsageError if the source publishes releases or has items.
 */
export function requireFeed({ tools }: Pick<Context, 'tools'>, op: string, hint?: string): void {
  const { id, release, items } = tools.source;
  if (release === undefined && items === undefined) return;
  const feed = 'TRESTLE_CLIENT_ID and TRESTLE_CLIENT_SECRET configure the feed';
  if (items !== undefined)
    throw new UsageError(`${op} needs a feed, and the records of ${id} are items`, {
      op,
      hint: `trestle-etl sync ${id} reads it; ${feed}`,
    });
  throw new UsageError(`${op} needs a feed, and ${id} is read whole`, {
    op,
    hint: hint ?? `trestle-etl releases ${id} shows its releases; ${feed}`,
  });
}
