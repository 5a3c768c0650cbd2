import { parseInstant } from '../../lib/time.ts';
import { matchesUpstream } from '../../load/index-row.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Cursor } from '../../model/cursor.ts';
import type { ActiveRun } from '../active-run.ts';
import { prefetchPages } from '../prefetch-pages.ts';
import { fetchByKey } from '../fetch-by-key.ts';
import { findStale } from '../stale.ts';
import { requireCapability } from '../../sources/source.ts';

/**
 * Compares the keys and versions that the feed lists from a place on with the rows, and fetches what differs. For a walk
 * that may have missed records: one request for each 300,000 of them.
 * @param from undefined: from the beginning of the feed.
 * @returns whether all of it is here now: nothing was missed, and the list is as long as the feed counts, or confirms a walk
 *   that was as short.
 */
export async function closeGap(active: ActiveRun, dataset: Dataset, from?: Cursor): Promise<boolean> {
  const { tools } = active;
  const since = from === undefined ? undefined : parseInstant(from.timestamp);
  const window = { from: since === undefined ? undefined : new Date(since).toISOString(), to: undefined };
  let counted: number | undefined;
  let [listed, found, missed] = [0, 0, 0];
  for await (const page of prefetchPages(tools, (own) =>
    requireCapability(tools.source, 'keys', 'fetch by key').within(dataset, window, own),
  )) {
    counted ??= page.count;
    listed += page.entries.length + page.withoutKey;
    const stale = await findStale(tools, dataset, page.entries, (row, entry) =>
      matchesUpstream(dataset, row, entry),
    );
    found += stale.length;
    const isStale = new Set(stale);
    const witness = page.entries.find((entry) => !isStale.has(entry))?.key;
    missed += (await fetchByKey(active, dataset, stale, witness)).missed;
    tools.signal.throwIfAborted();
  }
  const isWhole = listed >= (counted ?? 0);
  tools.log.main.warn(
    { resource: dataset.name, ...window, counted, listed, found, missed },
    'gap looked for',
  );
  return missed === 0 && (isWhole || found === 0);
}
