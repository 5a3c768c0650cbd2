import type { Session } from '../../../db/pool.ts';
import { toSqlDateTime } from '../../../lib/time.ts';
import { type Column, createRecordSchema, type Row, selectColumns, toRecord } from '../../list/column.ts';

const OPEN_HOUSE_COLUMNS: readonly Column[] = [
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

const MAX_OPEN_HOUSES = 1000;

export const openHouseSchema = createRecordSchema(OPEN_HOUSE_COLUMNS);

/**
 * Reads the open houses of a listing that have not ended, as v_open_houses_upcoming has them, and are for everyone.
 * @param now milliseconds.
 */
export async function readOpenHouses(
  database: Session,
  key: string,
  now: number,
): Promise<Record<string, unknown>[]> {
  const at = toSqlDateTime(now);
  const rows = await database.select<Row>(
    `SELECT ${selectColumns(OPEN_HOUSE_COLUMNS)} FROM open_houses WHERE listing_key = ? AND deleted_at IS NULL ` +
      "AND COALESCE(open_house_status, '') NOT IN ('Canceled', 'Ended') " +
      "AND COALESCE(open_house_type, 'Public') NOT IN ('Broker', 'Office') " +
      'AND (open_house_end_time > ? OR (open_house_end_time IS NULL AND open_house_start_time > ?)) ' +
      `ORDER BY open_house_start_time, open_house_key LIMIT ${MAX_OPEN_HOUSES}`,
    [key, at, at],
  );
  return rows.map((row) => toRecord(OPEN_HOUSE_COLUMNS, row));
}
