import type { Session, SqlValue } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';

/** A stored change. Times are `YYYY-MM-DD hh:mm:ss[.mmm]` UTC. */
export type StoredChange = {
  readonly field: string;
  readonly changedAt: string;
  readonly upstreamAt: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly run: number;
};

type NewChange = {
  readonly key: string;
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly version: string;
};

/** In characters. */
const MAX_VALUE_LENGTH = 255;

/** Must be called in the transaction that writes the rows. */
export async function saveChanges(
  session: Session,
  changes: readonly NewChange[],
  run: number,
  at: string,
): Promise<void> {
  for (const part of chunk(changes, 200)) {
    await session.run(
      'INSERT INTO listing_change (listing_key, field, changed_at, upstream_at, old_value, new_value, run_id) VALUES ' +
        `${part.map(() => '(?, ?, ?, ?, ?, ?, ?)').join(', ')} ` +
        'ON DUPLICATE KEY UPDATE new_value = VALUES(new_value), upstream_at = VALUES(upstream_at)',
      part.flatMap((change): SqlValue[] => [
        change.key,
        change.field,
        at,
        change.version,
        truncateValue(change.old),
        truncateValue(change.new),
        String(run),
      ]),
    );
  }
}

function truncateValue(value: string | null): string | null {
  return value === null ? null : Array.from(value).slice(0, MAX_VALUE_LENGTH).join('');
}

/** Reads all stored changes of a listing, oldest first. */
export async function readListingChanges(session: Session, key: string): Promise<StoredChange[]> {
  return session.select<StoredChange>(
    'SELECT field, changed_at AS changedAt, upstream_at AS upstreamAt, old_value AS `old`, new_value AS `new`, ' +
      'run_id AS run FROM listing_change WHERE listing_key = ? ORDER BY changed_at, field',
    [key],
  );
}

export type ListingDeletion = {
  readonly deletedAt: string;
  readonly undoneAt: string | null;
  readonly run: number;
};

/** Reads a listing's logged deletions, oldest first. */
export async function readListingDeletions(session: Session, key: string): Promise<ListingDeletion[]> {
  return session.select<ListingDeletion>(
    'SELECT deleted_at AS deletedAt, undone_at AS undoneAt, run_id AS run FROM etl_deletion ' +
      "WHERE resource = 'Property' AND record_key = ? ORDER BY deleted_at",
    [key],
  );
}

type TrackedRow = { created_at: string; deleted_at: string | null } & Partial<
  Record<`v${number}`, string | number | null>
>;

/** A listing's tracked fields as currently stored. Times are `YYYY-MM-DD hh:mm:ss[.mmm]` UTC. */
export type TrackedValues = {
  readonly createdAt: string;
  readonly deletedAt: string | null;
  readonly values: Readonly<Record<string, string | null>>;
};

export async function readTrackedValues(
  session: Session,
  table: string,
  fields: readonly { readonly name: string; readonly column: string }[],
  key: string,
): Promise<TrackedValues | undefined> {
  const columns = fields.map(({ column }, nth) => `, ${column} AS v${nth}`).join('');
  const [row] = await session.select<TrackedRow>(
    `SELECT created_at, deleted_at${columns} FROM ${table} WHERE listing_key = ?`,
    [key],
  );
  if (row === undefined) return undefined;
  const values = fields.map(({ name }, nth) => {
    const value = row[`v${nth}`];
    return [name, value === null || value === undefined ? null : String(value)] as const;
  });
  return { createdAt: row.created_at, deletedAt: row.deleted_at, values: Object.fromEntries(values) };
}

/** Reads the time of the oldest stored change. */
export async function readHistoryStart(session: Session): Promise<string | undefined> {
  const [row] = await session.select<{ at: string | null }>(
    'SELECT MIN(changed_at) AS at FROM listing_change',
  );
  return row?.at ?? undefined;
}
