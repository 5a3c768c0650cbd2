import { compare, type StoredVersion } from '../../load/compare.ts';
import { readStored } from '../../load/upsert.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Reason, Row } from '../../model/row.ts';
import { createTransformer } from '../../transform/page.ts';
import type { RunTools } from '../active-run.ts';
import { hasParentVersion } from '../../dataset/reading.ts';
import { requireCapability } from '../../sources/source.ts';

/** The upstream state of a record, compared with the stored one. */
export type FeedComparison = {
  readonly state: 'same' | 'newer' | 'older' | 'missing' | 'rejected' | 'absent';
  readonly version: string | null;
  readonly reasons: readonly Reason[];
};

/** Fetches one record from the feed and compares it with the stored one. */
export async function compareWithFeed(
  { database, source, signal }: RunTools,
  dataset: Dataset,
  key: string,
  hasTables: boolean,
): Promise<FeedComparison> {
  const stored = hasTables
    ? await readStored(database, dataset, [{ key }])
    : new Map<string, StoredVersion>();
  // A record without its own timestamp is compared by content alone.
  const versions = new Map([[key, stored.get(key)?.version ?? MIN_VERSION]]);
  const usesParentVersion = hasParentVersion(dataset);
  for await (const page of requireCapability(source, 'keys', 'why').records(dataset, [key], signal)) {
    const { rows, rejects } = createTransformer(dataset)(usesParentVersion ? { ...page, versions } : page);
    const [row] = rows;
    const [reject] = rejects;
    if (row !== undefined) {
      return { state: stateOf(row, stored), version: usesParentVersion ? null : row.version, reasons: [] };
    }
    if (reject !== undefined) return { state: 'rejected', version: reject.version, reasons: reject.reasons };
  }
  return { state: 'absent', version: null, reasons: [] };
}

const MIN_VERSION = '1000-01-01 00:00:00.000';

function stateOf(row: Row, stored: ReadonlyMap<string, StoredVersion>): FeedComparison['state'] {
  const { inserted, unchanged } = compare([row], stored);
  if (inserted.length > 0) return 'missing';
  if ((row.version ?? '') < (stored.get(row.key)?.version ?? '')) return 'older';
  return unchanged > 0 ? 'same' : 'newer';
}
