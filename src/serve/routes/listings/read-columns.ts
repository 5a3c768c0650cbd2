import type { Session } from '../../../db/pool.ts';
import type { ListingColumn } from './column.ts';
import { LISTING_COLUMNS } from './columns.ts';
import { readExtraColumns } from './extra-columns.ts';

/**
 * Creates what reads the columns of listings: the public ones, and those of SERVE_LISTING_COLUMNS, whose types are read once.
 * @param names of SERVE_LISTING_COLUMNS.
 */
export function createColumnReader(
  database: Session,
  names: readonly string[],
): () => Promise<readonly ListingColumn[]> {
  const isPublic = new Set(LISTING_COLUMNS.map(({ name, sql }) => (sql?.match(/^[a-z_]+$/) ? sql : name)));
  const extra = names.filter((name) => !isPublic.has(name));
  let columns: readonly ListingColumn[] | undefined;
  return async () => (columns ??= [...LISTING_COLUMNS, ...(await readExtraColumns(database, extra))]);
}
