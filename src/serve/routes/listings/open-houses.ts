import type { Session } from '../../../db/pool.ts';
import { toSqlDateTime } from '../../../lib/time.ts';
import { type Column, createRecordSchema } from '../../list/column.ts';
import { type ChildRecord, readChildren } from './read-children.ts';

export const OPEN_HOUSE_COLUMNS: readonly Column[] = [
  { name: 'open_house_key', kind: 'text', help: 'Key of the open house.', isKey: true },
  { name: 'open_house_date', kind: 'date', help: 'The local day.' },
  { name: 'starts_at', sql: 'open_house_start_time', kind: 'instant', help: 'When it starts.' },
  { name: 'ends_at', sql: 'open_house_end_time', kind: 'instant', help: 'When it ends.' },
  { name: 'open_house_type', kind: 'text', help: 'Such as Public.' },
  { name: 'open_house_status', kind: 'text', help: 'Such as Active.' },
  { name: 'appointment_required_yn', kind: 'boolean', help: 'Whether an appointment is required.' },
  {
    name: 'livestream_open_house_url',
    kind: 'text',
    help: 'Address of a video; it comes from the feed: check its scheme before you link to it.',
  },
  { name: 'open_house_remarks', kind: 'text', help: 'Remarks.' },
  { name: 'refreshments', kind: 'text', help: 'Refreshments.' },
  { name: 'modification_timestamp', kind: 'instant', help: 'When it last changed.' },
];

export const openHouseSchema = createRecordSchema(OPEN_HOUSE_COLUMNS);

/**
 * Reads the open houses of these listings that have not ended, as v_open_houses_upcoming has them, and are for everyone.
 * @param now milliseconds.
 * @returns them by the key of the listing.
 */
export function readOpenHouses(
  database: Session,
  keys: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, ChildRecord[]>> {
  const at = toSqlDateTime(now);
  const upcoming = {
    columns: OPEN_HOUSE_COLUMNS,
    table: 'open_houses',
    parent: 'listing_key',
    where:
      'deleted_at IS NULL ' +
      "AND COALESCE(open_house_status, '') NOT IN ('Canceled', 'Ended') " +
      "AND COALESCE(open_house_type, 'Public') NOT IN ('Broker', 'Office') " +
      'AND (open_house_end_time > ? OR (open_house_end_time IS NULL AND open_house_start_time > ?))',
    values: [at, at],
    orderBy: 'open_house_start_time, open_house_key',
  };
  return readChildren(database, upcoming, keys);
}
