import type { Session } from '../db/pool.ts';

/** A row of unified_items; each value as text. */
export type StoredItemRow = Readonly<Record<string, string | number | null>>;

const COLUMNS =
  'id, source_type, source_name, external_id, title, description, category, url, amount, quantity, ' +
  'CAST(metadata AS CHAR) AS metadata, published_at, first_seen_at, updated_at, deleted_at, run_id';

export async function readItem(
  session: Session,
  source: string,
  key: string,
): Promise<StoredItemRow | undefined> {
  const [row] = await session.select<StoredItemRow>(
    `SELECT ${COLUMNS} FROM unified_items WHERE source_name = ? AND external_id = ?`,
    [source, key],
  );
  return row;
}

/** Reads the items of a source that changed last, deleted ones too. */
export async function readNewestItems(
  session: Session,
  source: string,
  limit: number,
): Promise<StoredItemRow[]> {
  return session.select<StoredItemRow>(
    `SELECT ${COLUMNS} FROM unified_items WHERE source_name = ? ORDER BY updated_at DESC, id DESC LIMIT ${Math.trunc(limit)}`,
    [source],
  );
}

const TYPES = ['api', 'csv', 'rss'];

export function otherTypes(type: string): string[] {
  return TYPES.filter((each) => each !== type);
}

/** Whether a source has items that are not deleted, and are of another type. */
export async function hasItemsOfOtherType(session: Session, source: string, type: string): Promise<boolean> {
  const rows = await session.select<{ one: number }>(
    'SELECT 1 AS one FROM unified_items WHERE source_type IN (?, ?) AND source_name = ? AND deleted_at IS NULL LIMIT 1',
    [...otherTypes(type), source],
  );
  return rows.length > 0;
}

export type ItemCounts = {
  readonly source: string;
  readonly items: number;
  readonly deleted: number;
  readonly unprocessed: number;
};

/** Counts items by source, and records that could not become items. */
export async function countItems(session: Session): Promise<ItemCounts[]> {
  const items = await session.select<{ source: string; n: number; deleted: number }>(
    'SELECT source_name AS source, COUNT(*) AS n, COUNT(deleted_at) AS deleted FROM unified_items GROUP BY source_name',
  );
  const raw = await session.select<{ source: string; n: number }>(
    'SELECT source_name AS source, COUNT(*) AS n FROM raw_data WHERE processed = 0 GROUP BY source_name',
  );
  const names = new Set([...items, ...raw].map(({ source }) => source));
  return [...names].sort().map((source) => {
    const found = items.find((each) => each.source === source);
    return {
      source,
      items: (found?.n ?? 0) - (found?.deleted ?? 0),
      deleted: found?.deleted ?? 0,
      unprocessed: raw.find((each) => each.source === source)?.n ?? 0,
    };
  });
}
