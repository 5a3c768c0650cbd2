import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { countRows } from './count.ts';

/** Fewer rows say little: a table begins with pages that are mostly empty. */
const MIN_ROWS = 1000;

/** No row is as small as this: what the server says is older than its rows. */
const MIN_ROW_BYTES = 200;

/** Bytes of a row on disk, where there are too few to measure: docs/database.md, "Size"; listings of real feeds have 30 kB of JSON. */
const DEFAULT_BYTES: Readonly<Record<string, { readonly row: number; readonly raw: number }>> = {
  properties: { row: 3600, raw: 50_000 },
  media: { row: 1200, raw: 2700 },
};

export type RowSize = { readonly bytes: number; readonly isMeasured: boolean };

type TableSize = { readonly rows: number; readonly bytes: number };

/** What one more record of a resource takes on the server's disk, indexes and payload with it. */
export async function estimateRowSize(
  session: Session,
  dataset: Dataset,
  keepPayload: boolean,
): Promise<RowSize> {
  const names = keepPayload ? [dataset.table, dataset.rawTable] : [dataset.table];
  const found = await session.select<Record<keyof TableSize, string | number>>(
    'SELECT COALESCE(table_rows, 0) AS `rows`, COALESCE(data_length + index_length, 0) AS bytes ' +
      `FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN (${placeholders(names.length)})`,
    names,
  );
  if (found.length === names.length) {
    const rows = await countRows(session, dataset);
    const each = found.map((size) =>
      bytesPerRow({ rows: Number(size.rows), bytes: Number(size.bytes) }, rows),
    );
    if (rows >= MIN_ROWS && each.every((bytes) => bytes >= MIN_ROW_BYTES)) {
      return { bytes: each.reduce((sum, bytes) => sum + bytes, 0), isMeasured: true };
    }
  }
  const { row, raw } = DEFAULT_BYTES[dataset.table] ?? { row: 2000, raw: 5000 };
  return { bytes: row + (keepPayload ? raw : 0), isMeasured: false };
}

/**
 * The server's number of rows is an estimate, off by half at times, so that ours is better; but where the two are far
 * apart, what it says is old (MySQL keeps it for a day), its size too.
 */
function bytesPerRow(reported: TableSize, rows: number): number {
  const isOld = reported.rows * 4 < rows;
  return reported.bytes / Math.max(1, isOld ? reported.rows : rows);
}
