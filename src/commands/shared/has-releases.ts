import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';

type SourceContext = Pick<Context, 'sources' | 'sourceNamed'>;

/** Whether a configured source publishes releases, as county files do, instead of having records. */
export function hasReleases(context: SourceContext, id: string): boolean {
  return context.sourceNamed(id).tools.source.release !== undefined;
}

/**
 * For a command that needs the feed, or another source with records.
 * @param hint the command to use instead.
 * @throws UsageError if the source publishes releases: then no feed is configured.
 */
export function refuseReleases({ tools }: Pick<Context, 'tools'>, op: string, hint?: string): void {
  const { id, release } = tools.source;
  if (release === undefined) return;
  throw new UsageError(`${op} needs a feed, and ${id} is read whole`, {
    op,
    hint:
      hint ??
      `trestle-etl releases ${id} shows its releases; TRESTLE_CLIENT_ID and TRESTLE_CLIENT_SECRET configure the feed`,
  });
}
