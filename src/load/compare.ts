import type { Row } from '../model/row.ts';

/** The stored state of a record. */
export type StoredVersion = {
  readonly version: string | null;
  readonly hash: string;
  readonly deleted: boolean;
  /** Deletion time, then the tracked fields in order; only if requested. */
  readonly tracked?: readonly (string | null)[];
};

export type Difference = {
  readonly inserted: Row[];
  readonly updated: Row[];
  /** The subset of `updated` with unchanged content: only the version moved. */
  readonly restamped: ReadonlySet<Row>;
  readonly unchanged: number;
  /** Late writes: older than a stored version that is protected. */
  readonly skippedOlder: number;
};

/**
 * Finds the rows that must be written: new rows, and rows that differ from the stored ones. Keys must be distinct. A row with
 * the same version but different content is written too: PhotosChangeTimestamp can change while the version does not.
 * @param protectedUpTo `YYYY-MM-DD hh:mm:ss.mmm` UTC. Stored versions up to this time are kept if the row is older, because
 *   the row may be a late write. Undefined: the rows are the feed's current state, so an older version replaces a newer one.
 */
export function compare(
  rows: readonly Row[],
  stored: ReadonlyMap<string, StoredVersion>,
  protectedUpTo?: string,
): Difference {
  const inserted: Row[] = [];
  const updated: Row[] = [];
  const restamped = new Set<Row>();
  let unchanged = 0;
  let skippedOlder = 0;
  for (const row of rows) {
    const known = stored.get(row.key);
    if (known === undefined) inserted.push(row);
    else if (isOlderThanStored(row, known, protectedUpTo)) skippedOlder += 1;
    else if (known.deleted || row.version !== known.version || row.hash !== known.hash) {
      updated.push(row);
      if (!known.deleted && row.hash === known.hash) restamped.add(row);
    } else unchanged += 1;
  }
  return { inserted, updated, restamped, unchanged, skippedOlder };
}

function isOlderThanStored(row: Row, known: StoredVersion, protectedUpTo: string | undefined): boolean {
  if (protectedUpTo === undefined || row.version === null || known.version === null) return false;
  return row.version < known.version && known.version <= protectedUpTo;
}
