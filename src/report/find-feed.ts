import type { Context } from '../app/context.ts';

/** Finds the source whose records are listings; undefined if none is configured. */
export function findFeed({
  sources,
  sourceNamed,
}: Pick<Context, 'sources' | 'sourceNamed'>): string | undefined {
  return sources.find(({ id }) => {
    const { items, release } = sourceNamed(id).tools.source;
    return items === undefined && release === undefined;
  })?.id;
}
