import { retryWhileUnavailable } from '../db/retry-while-unavailable.ts';
import type { CensusEntry } from '../sources/source.ts';
import { readIndexOfKeys, type IndexRow } from '../load/index-row.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { readQuarantinedVersions } from '../record/quarantine.ts';
import { databaseToolsOf, type RunTools } from './active-run.ts';

/**
 * Finds the listed records that are missing or stale, except those that are in quarantine in the listed version.
 * @param isInStep whether a stored row matches its listed entry.
 */
export async function findStale(
  tools: RunTools,
  dataset: Dataset,
  entries: readonly CensusEntry[],
  isInStep: (stored: IndexRow, listed: CensusEntry) => boolean,
): Promise<CensusEntry[]> {
  const stored = await retryWhileUnavailable(databaseToolsOf(tools), () =>
    readIndexOfKeys(
      tools.database,
      dataset,
      entries.map(({ key }) => key),
    ),
  );
  const stale = entries.filter((entry) => {
    const row = stored.get(entry.key);
    return row === undefined || !isInStep(row, entry);
  });
  const held = await retryWhileUnavailable(databaseToolsOf(tools), () =>
    readQuarantinedVersions(
      tools.database,
      dataset.name,
      stale.map(({ key }) => key),
    ),
  );
  return stale.filter(({ key, version }) => !isHeld(held.get(key), version));
}

/** Whether the stored row is at least as new as listed; a newer row has changed since. */
export function isUpToDate(stored: IndexRow, listed: IndexRow): boolean {
  return !isOlder(stored.version, listed.version) && !isOlder(stored.photosChanged, listed.photosChanged);
}

/** Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC. An unreadable listed time proves nothing. */
function isOlder(stored: string | null, listed: string | null): boolean {
  return listed !== null && (stored ?? '') < listed;
}

/**
 * Whether quarantine has a record in the version that the feed lists.
 * @param held its version in quarantine: undefined if it is not in quarantine; null if its version could not be read. A
 *   readable version in the feed then means that the record was corrected.
 * @param shown the listed version; null if the feed lists none.
 */
export function isHeld(held: string | null | undefined, shown: string | null): boolean {
  return held !== undefined && (shown === null || held === shown);
}
