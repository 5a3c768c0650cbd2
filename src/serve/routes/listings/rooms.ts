import type { Session } from '../../../db/pool.ts';
import { type Column, createRecordSchema } from '../../list/column.ts';
import { type ChildRecord, readChildren } from './read-children.ts';

export const ROOM_COLUMNS: readonly Column[] = [
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

export const roomSchema = createRecordSchema(ROOM_COLUMNS);

/** Reads the rooms of these listings, by the key of the listing. */
export function readRooms(
  database: Session,
  keys: readonly string[],
): Promise<ReadonlyMap<string, ChildRecord[]>> {
  const rooms = {
    columns: ROOM_COLUMNS,
    table: 'property_rooms',
    parent: 'listing_key',
    where: 'deleted_at IS NULL',
    orderBy: 'room_key',
  };
  return readChildren(database, rooms, keys);
}
