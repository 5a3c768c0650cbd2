import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';

type SourceContext = Pick<Context, 'sources' | 'sourceNamed'>;

/** Whether a configured source publishes releases, as county files do, instead of having records. */
export function hasReleases(context: SourceContext, id: string): boolean {
  return context.sourceNamed(id).tools.source.release !== undefined;
}

/**
 * For a command that needs records: a feed, or another source with datasets.
 * @param hint the command to use instead.
 * @throws UsageError if the source publishes releases.
 */
export function refuseReleases({ tools }: Pick<Context, 'tools'>, op: string, hint: string): void {
  const { id, release } = tools.source;
  if (release === undefined) return;
  throw new UsageError(`${op} needs a source with records, and ${id} is read whole`, { op, hint });
}
