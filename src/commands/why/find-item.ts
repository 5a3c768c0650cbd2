import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';
import { hasItems } from '../../report/has-items.ts';

export type ItemAddress = { readonly source: string; readonly id: string };

type SourceContext = Pick<Context, 'sources' | 'sourceNamed' | 'tools'>;

/**
 * Reads `SOURCE/ID`: an item of a source. An id may contain slashes. Undefined: the key of a record of the feed.
 * @throws UsageError if the key has no source, and no feed is configured.
 */
export function findItemAddress(context: SourceContext, key: string): ItemAddress | undefined {
  const slash = key.indexOf('/');
  const source = key.slice(0, Math.max(0, slash));
  if (context.sources.some(({ id }) => id === source) && hasItems(context, source)) {
    return { source, id: key.slice(slash + 1) };
  }
  const { id: first, items } = context.tools.source;
  if (items === undefined) return undefined;
  throw new UsageError(`'${key}' does not begin with a source of items, and no feed is configured`, {
    op: 'why',
    hint: `trestle-etl why ${first}/ID; trestle-etl sources lists the sources`,
  });
}
