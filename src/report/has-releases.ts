import type { Context } from '../app/context.ts';

type SourceContext = Pick<Context, 'sources' | 'sourceNamed'>;

/** Whether a configured source publishes releases, as county files do, instead of having records. */
export function hasReleases(context: SourceContext, id: string): boolean {
  return context.sourceNamed(id).tools.source.release !== undefined;
}
