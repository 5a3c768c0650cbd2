import type { Session, SqlValue } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';

/** One change as it is kept; times are `YYYY-MM-DD hh:mm:ss[.mmm]` UTC. */
export type Kept = {
  readonly field: string;
  readonly changedAt: string;
  readonly upstreamAt: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly run: number;
};

type Change = {
  readonly key: string;
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly version: string;
};

/** Characters that a value has here at most. */
const LONGEST = 255;

/** To be called in the transaction that writes the rows. */
export async function saveChanges(
  session: Session,
  changes: readonly Change[],
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
        shortened(change.old),
        shortened(change.new),
        String(run),
      ]),
    );
  }
}

function shortened(value: string | null): string | null {
  return value === null ? null : Array.from(value).slice(0, LONGEST).join('');
}

/** All that is kept of a listing, oldest first. */
export async function changesOfListing(session: Session, key: string): Promise<Kept[]> {
  return session.select<Kept>(
    'SELECT field, changed_at AS changedAt, upstream_at AS upstreamAt, old_value AS `old`, new_value AS `new`, ' +
      'run_id AS run FROM listing_change WHERE listing_key = ? ORDER BY changed_at, field',
    [key],
  );
}

export type DeletionOf = {
  readonly deletedAt: string;
  readonly undoneAt: string | null;
  readonly run: number;
};

/** What the journal has of a listing's deletions, oldest first. */
export async function deletionsOfListing(session: Session, key: string): Promise<DeletionOf[]> {
  return session.select<DeletionOf>(
    'SELECT deleted_at AS deletedAt, undone_at AS undoneAt, run_id AS run FROM etl_deletion ' +
      "WHERE resource = 'Property' AND record_key = ? ORDER BY deleted_at",
    [key],
  );
}

type WatchedRow = { created_at: string; deleted_at: string | null } & Partial<
  Record<`v${number}`, string | number | null>
>;

/** A listing's watched fields as they are now; times are `YYYY-MM-DD hh:mm:ss[.mmm]` UTC. */
export type Watched = {
  readonly createdAt: string;
  readonly deletedAt: string | null;
  readonly values: Readonly<Record<string, string | null>>;
};

export async function readWatched(
  session: Session,
  table: string,
  fields: readonly { readonly name: string; readonly column: string }[],
  key: string,
): Promise<Watched | undefined> {
  const columns = fields.map(({ column }, nth) => `, ${column} AS v${nth}`).join('');
  const [row] = await session.select<WatchedRow>(
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

/** When the oldest change was kept that is still there. */
export async function keptSince(session: Session): Promise<string | undefined> {
  const [row] = await session.select<{ at: string | null }>(
    'SELECT MIN(changed_at) AS at FROM listing_change',
  );
  return row?.at ?? undefined;
}
