import type { Row } from '../model/row.ts';

/** What the table holds of a key. */
export type StoredVersion = {
  readonly version: string | null;
  readonly hash: string;
  readonly deleted: boolean;
  /** When it was deleted, then the watched fields in their order; only where they were asked for. */
  readonly tracked?: readonly (string | null)[];
};

export type Difference = {
  readonly inserted: Row[];
  readonly updated: Row[];
  /** Of the updated ones, those whose content is the stored one: only their version moved. */
  readonly restamped: ReadonlySet<Row>;
  readonly unchanged: number;
  /** Late writes: older than a stored version that is protected. */
  readonly skippedOlder: number;
};

/**
 * Which rows must be written, of rows with distinct keys: new ones, and those that differ from what is stored. A row of the
 * same version with other content is written too: PhotosChangeTimestamp can move without the version.
 * @param protectedUpTo `YYYY-MM-DD hh:mm:ss.mmm` UTC. Stored versions up to this time are kept if the row is older, because
 *   the row may be a late write. Undefined: the rows are what the feed shows now, and an older version replaces a newer one.
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
  let older = 0;
  for (const row of rows) {
    const known = stored.get(row.key);
    if (known === undefined) inserted.push(row);
    else if (isLate(row, known, protectedUpTo)) older += 1;
    else if (known.deleted || row.version !== known.version || row.hash !== known.hash) {
      updated.push(row);
      if (!known.deleted && row.hash === known.hash) restamped.add(row);
    } else unchanged += 1;
  }
  return { inserted, updated, restamped, unchanged, skippedOlder: older };
}

function isLate(row: Row, known: StoredVersion, protectedUpTo: string | undefined): boolean {
  if (protectedUpTo === undefined || row.version === null || known.version === null) return false;
  return row.version < known.version && known.version <= protectedUpTo;
}
