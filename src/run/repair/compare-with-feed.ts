import { compare, type StoredVersion } from '../../load/compare.ts';
import { readStored } from '../../load/upsert.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { Reason, Row } from '../../model/row.ts';
import { createTransformer } from '../../transform/page.ts';
import type { RunTools } from '../active-run.ts';
import { hasParentVersion } from '../../dataset/reading.ts';
import { requireCapability } from '../../sources/source.ts';

/** What the feed has of a listing, held against what is here. */
export type FeedComparison = {
  readonly state: 'same' | 'newer' | 'older' | 'missing' | 'rejected' | 'absent';
  readonly version: string | null;
  readonly reasons: readonly Reason[];
};

/** Asks the feed for one record, and holds it against what is stored. */
export async function compareWithFeed(
  { database, source, signal }: RunTools,
  dataset: Dataset,
  key: string,
  hasTables: boolean,
): Promise<FeedComparison> {
  const stored = hasTables
    ? await readStored(database, dataset, [{ key }])
    : new Map<string, StoredVersion>();
  // What has no time of its own is compared by what it holds alone.
  const versions = new Map([[key, stored.get(key)?.version ?? MIN_VERSION]]);
  const isTimeless = hasParentVersion(dataset);
  for await (const page of requireCapability(source, 'keys', 'why').records(dataset, [key], signal)) {
    const { rows, rejects } = createTransformer(dataset)(isTimeless ? { ...page, versions } : page);
    const [row] = rows;
    const [reject] = rejects;
    if (row !== undefined) {
      return { state: stateOf(row, stored), version: isTimeless ? null : row.version, reasons: [] };
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
