import type { Session } from '../../../db/pool.ts';
import { type Column, createRecordSchema, type Row, selectColumns, toRecord } from '../../list/column.ts';

const ROOM_COLUMNS: readonly Column[] = [
  { name: 'room_key', kind: 'text', help: 'Key of the room.', isKey: true },
  { name: 'room_type', kind: 'text', help: 'Such as Kitchen.' },
  { name: 'room_level', kind: 'text', help: 'Floor.' },
  { name: 'room_area', kind: 'decimal', help: 'Area.' },
  { name: 'room_area_units', kind: 'text', help: 'Units of the area.' },
  { name: 'room_length', kind: 'decimal', help: 'Length.' },
  { name: 'room_width', kind: 'decimal', help: 'Width.' },
  { name: 'room_length_width_units', kind: 'text', help: 'Units of length and width.' },
  { name: 'room_dimensions', kind: 'text', help: 'Length and width as text.' },
  { name: 'room_features', kind: 'text', help: 'Features, separated by commas.' },
  { name: 'room_description', kind: 'text', help: 'Description.' },
];

const MAX_ROOMS = 1000;

export const roomSchema = createRecordSchema(ROOM_COLUMNS);

/** Reads the rooms of a listing. */
export async function readRooms(database: Session, key: string): Promise<Record<string, unknown>[]> {
  const rows = await database.select<Row>(
    `SELECT ${selectColumns(ROOM_COLUMNS)} FROM property_rooms WHERE listing_key = ? AND deleted_at IS NULL ` +
      `ORDER BY room_key LIMIT ${MAX_ROOMS}`,
    [key],
  );
  return rows.map((row) => toRecord(ROOM_COLUMNS, row));
}
