import { placeholders } from '../db/placeholders.ts';
import type { Session, SqlValue } from '../db/pool.ts';
import { chunk } from '../lib/chunk.ts';
import { normalizeSqlDateTime } from '../lib/time.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { columnFor, keyColumn } from './statement.ts';
import { windowCondition, type SqlWindow } from './window.ts';
import { hasParentVersion, photoFields, versionField } from '../dataset/reading.ts';

/** Index fields of a record. Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type IndexRow = {
  /** Upstream: null if it cannot be read, or if the dataset has no timestamp of its own. */
  readonly version: string | null;
  /** Also null if the dataset has no photos. */
  readonly photosChanged: string | null;
  readonly photosCount: string | null;
};

/** Whether the stored row matches the feed. Only the key is compared if the source sends no timestamps. */
export function matchesUpstream(dataset: Dataset, stored: IndexRow, upstream: IndexRow): boolean {
  if (!hasParentVersion(dataset) && stored.version !== upstream.version) return false;
  return photoFields(dataset) === undefined || hasSamePhotos(stored, upstream);
}

export function hasSamePhotos(stored: IndexRow, upstream: IndexRow): boolean {
  return stored.photosChanged === upstream.photosChanged && stored.photosCount === upstream.photosCount;
}

/** Reads the rows in a window of the cursor field, by key, without deleted ones. */
export async function readIndexInWindow(
  session: Session,
  dataset: Dataset,
  window: SqlWindow,
): Promise<Map<string, IndexRow>> {
  const { where, values } = windowCondition(dataset, window);
  return selectIndex(session, dataset, where, values);
}

/** Reads the rows of these keys, without deleted ones. */
export async function readIndexOfKeys(
  session: Session,
  dataset: Dataset,
  keys: readonly string[],
): Promise<Map<string, IndexRow>> {
  const found = new Map<string, IndexRow>();
  for (const part of chunk(keys, 1000)) {
    const where = ` AND ${keyColumn(dataset)} IN (${placeholders(part.length)})`;
    for (const [key, row] of await selectIndex(session, dataset, where, part)) found.set(key, row);
  }
  return found;
}

type SelectedIndexRow = { key: string; version: string; changed: string | null; count: number | null };

async function selectIndex(
  session: Session,
  dataset: Dataset,
  where: string,
  values: readonly SqlValue[],
): Promise<Map<string, IndexRow>> {
  const photos = photoFields(dataset);
  const [changed, count] =
    photos === undefined
      ? ['NULL', 'NULL']
      : [columnFor(dataset, photos.changed), columnFor(dataset, photos.count)];
  const rows = await session.select<SelectedIndexRow>(
    `SELECT ${keyColumn(dataset)} AS \`key\`, ${columnFor(dataset, versionField(dataset))} AS version, ` +
      `${changed} AS changed, ${count} AS count FROM ${dataset.table} WHERE deleted_at IS NULL${where}`,
    [...values],
  );
  return new Map(
    rows.map((row) => [
      row.key,
      {
        version: normalizeSqlDateTime(row.version),
        photosChanged: row.changed === null ? null : normalizeSqlDateTime(row.changed),
        photosCount: row.count === null ? null : String(row.count),
      },
    ]),
  );
}
