import type { Field, FieldType, Dataset } from '../dataset/dataset.ts';
import { sqlType } from './sql-type.ts';
import { COLUMNS, PAGE, ROW, totalOf, widthOf } from './width.ts';

/** Where a field has its column, and what of the wish could not be. */
export type Placed = {
  readonly field: Field;
  /** For people: why it became another type or lies in another table. */
  readonly notes: readonly string[];
};

/** Types of the columns that a table has. */
export type Tables = ReadonlyMap<string, readonly string[]>;

/** Left free in our own tables: a later trestle-etl may bring columns of its own, about twenty. */
const RESERVE = { row: 4096, page: 820 };

/**
 * Finds room for new columns: in the resource's own table, else in tables beside it, made as they are needed. Where the
 * row has no room for a VARCHAR it becomes a TEXT, which leaves only a pointer in it.
 * @param here the tables that there are.
 */
export function place(dataset: Dataset, wished: readonly Field[], here: Tables): Placed[] {
  const rooms = new Map([...here].map(([table, types]) => [table, roomIn(dataset, table, types)]));
  return wished.map((field) => placeOne(dataset, field, rooms));
}

type Room = { row: number; page: number; columns: number };

function roomIn(dataset: Dataset, table: string, types: readonly string[]): Room {
  const { row, page } = totalOf(types);
  const kept = table === dataset.table ? RESERVE : { row: 0, page: 0 };
  return { row: ROW - kept.row - row, page: PAGE - kept.page - page, columns: COLUMNS - types.length };
}

function placeOne(dataset: Dataset, field: Field, rooms: Map<string, Room>): Placed {
  for (let number = 1; ; number += 1) {
    const table = number === 1 ? dataset.table : `${dataset.table}_${number}`;
    const room = rooms.get(table) ?? roomIn(dataset, table, ['varchar(255)']);
    rooms.set(table, room);
    const type = typeThatFits(field.type, room);
    if (type === undefined) continue;
    const { row, page } = widthOf(sqlType(type));
    // A bit says whether it is null; a whole byte is on the safe side.
    room.row -= row + 1;
    room.page -= page + 1;
    room.columns -= 1;
    return described(field, type, number === 1 ? undefined : table);
  }
}

function typeThatFits(type: FieldType, room: Room): FieldType | undefined {
  const fits = (wanted: FieldType): boolean => {
    const { row, page } = widthOf(sqlType(wanted));
    return room.columns > 0 && row + 1 <= room.row && page + 1 <= room.page;
  };
  if (fits(type)) return type;
  const text: FieldType = { kind: 'text' };
  return type.kind === 'string' && fits(text) ? text : undefined;
}

function described(
  { name, column, type: wished }: Field,
  type: FieldType,
  table: string | undefined,
): Placed {
  const notes = [
    ...(type === wished
      ? []
      : [`${name}: text instead of ${sqlType(wished)}, as a row has no room for it (${ROW} bytes)`]),
    ...(table === undefined
      ? []
      : [`${name}: in ${table}, as the tables before it have no room for another column`]),
  ];
  return { field: { name, column, type, ...(table === undefined ? {} : { table }) }, notes };
}
