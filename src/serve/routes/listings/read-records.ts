import type { Session } from '../../../db/pool.ts';
import { convertRow, type Row, selectColumns, toRecord } from '../../list/column.ts';
import { type Condition, joinConditions } from '../../list/condition.ts';
import type { ListingColumn } from './column.ts';
import { IS_ADDRESS_SHOWN, IS_SHOWN } from '../../listing-display.ts';
import { type FirstPhoto, readFirstPhotos } from './first-photo.ts';

/** A listing as it is served, or the tombstone of one that is not. */
export type ListingRecord = {
  readonly isShown: boolean;
  readonly isAddressShown: boolean;
  readonly record: Record<string, unknown>;
};

/** The columns of a tombstone. */
const TOMBSTONE: readonly ListingColumn[] = [
  { name: 'listing_key', kind: 'text', help: '' },
  { name: 'updated_at', kind: 'instant', help: '' },
  { name: 'deleted_at', kind: 'instant', help: '' },
];

/** The columns of a row that are not served. */
const OWN_COLUMNS = ['gone_at', 'is_shown', 'is_address_shown'];

type ListingRow = Row & { readonly is_shown: number; readonly is_address_shown: number };

/**
 * Reads listings by their keys, in the order of the keys. Those that were removed meanwhile are left out.
 * @param conditions which a listing must meet to be shown.
 */
export async function readRecords(
  database: Session,
  keys: readonly string[],
  columns: readonly ListingColumn[],
  conditions: readonly Condition[] = [],
): Promise<ListingRecord[]> {
  if (keys.length === 0) return [];
  const shown = joinConditions([{ sql: IS_SHOWN, values: [] }, ...conditions]);
  const rows = await database.select<ListingRow>(
    `SELECT ${selectColumns(columns)}, COALESCE(deleted_at, updated_at) AS gone_at, ${shown.sql} AS is_shown, ` +
      `${IS_ADDRESS_SHOWN} AS is_address_shown FROM properties WHERE listing_key IN (${keys.map(() => '?').join(', ')})`,
    [...shown.values, ...keys],
  );
  const photos = columns.some(({ name }) => name.startsWith('first_photo_'))
    ? await readFirstPhotos(database, keys)
    : undefined;
  const byKey = new Map(
    rows.map((row) => {
      const key = String(row['listing_key']);
      return [key, addPhoto(toListing(columns, row), photos?.get(key))];
    }),
  );
  return keys.flatMap((key) => byKey.get(key) ?? []);
}

/** Sets the columns of the first photo, which the row does not have. */
function addPhoto(listing: ListingRecord, photo: FirstPhoto | undefined): ListingRecord {
  const { isShown, record } = listing;
  if (photo === undefined || !isShown) return listing;
  if ('first_photo_key' in record) record['first_photo_key'] = photo.key;
  if ('first_photo_path' in record) record['first_photo_path'] = photo.path;
  return listing;
}

function toListing(columns: readonly ListingColumn[], row: ListingRow & Row): ListingRecord {
  const isShown = row.is_shown === 1;
  const isAddressShown = row.is_address_shown === 1;
  if (!isShown) {
    const record = toRecord(TOMBSTONE, { ...row, deleted_at: row['gone_at'] ?? null });
    return { isShown, isAddressShown, record };
  }
  const record = convertRow(columns, row, OWN_COLUMNS);
  if (!isAddressShown) for (const { name, isAddress } of columns) if (isAddress) record[name] = null;
  return { isShown, isAddressShown, record };
}
