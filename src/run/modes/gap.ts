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
 * Compares the keys and versions in the feed with the rows, from a cursor on, and fetches the records that differ. Used
 * after a read that may have missed records; one request covers 300,000 records.
 * @param from undefined: the beginning of the feed.
 * @returns whether everything is stored now: no record was missed, and the list is as long as the feed's count or confirms
 *   a read that was as short.
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
    const knownKey = page.entries.find((entry) => !isStale.has(entry))?.key;
    missed += (await fetchByKey(active, dataset, stale, knownKey)).missed;
    tools.signal.throwIfAborted();
  }
  const isWhole = listed >= (counted ?? 0);
  tools.log.main.warn({ resource: dataset.name, ...window, counted, listed, found, missed }, 'gap checked');
  return missed === 0 && (isWhole || found === 0);
}
