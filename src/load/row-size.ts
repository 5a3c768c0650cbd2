import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { countRows } from './count.ts';

/** Fewer rows give no reliable size: the first pages of a table are mostly empty. */
const MIN_ROWS = 1000;

/** Every real row is larger. If the reported size is smaller, the server's statistics are out of date. */
const MIN_ROW_BYTES = 200;

/** Bytes of a row on disk if there are too few to measure: docs/database.md, "Size". Listings of real feeds have 30 kB of JSON. */
const DEFAULT_BYTES: Readonly<Record<string, { readonly row: number; readonly raw: number }>> = {
  properties: { row: 3600, raw: 50_000 },
  media: { row: 1200, raw: 2700 },
};

export type RowSize = { readonly bytes: number; readonly isMeasured: boolean };

type TableSize = { readonly rows: number; readonly bytes: number };

/** Estimates the disk space of one more record, including indexes and payload. */
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
    const rowBytes = found.map((size) =>
      bytesPerRow({ rows: Number(size.rows), bytes: Number(size.bytes) }, rows),
    );
    if (rows >= MIN_ROWS && rowBytes.every((bytes) => bytes >= MIN_ROW_BYTES)) {
      return { bytes: rowBytes.reduce((sum, bytes) => sum + bytes, 0), isMeasured: true };
    }
  }
  const { row, raw } = DEFAULT_BYTES[dataset.table] ?? { row: 2000, raw: 5000 };
  return { bytes: row + (keepPayload ? raw : 0), isMeasured: false };
}

/**
 * The server's row count is an estimate, sometimes off by half, so our count is better. If the two differ greatly, the server's
 * statistics are out of date (MySQL caches them for a day), including its size.
 */
function bytesPerRow(reported: TableSize, rows: number): number {
  const isOld = reported.rows * 4 < rows;
  return reported.bytes / Math.max(1, isOld ? reported.rows : rows);
}
