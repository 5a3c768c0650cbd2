import type { Field, FieldType, Dataset } from '../dataset/dataset.ts';
import { sqlType } from './sql-type.ts';
import { MAX_COLUMNS, MAX_PAGE_BYTES, MAX_ROW_BYTES, totalWidth, widthOf } from './column-width.ts';

/** Where a field has its column, and what of the wish could not be. */
export type ColumnPlacement = {
  readonly field: Field;
  /** For people: why it became another type or lies in another table. */
  readonly notes: readonly string[];
};

/** Types of the columns that a table has. */
export type ColumnTypesByTable = ReadonlyMap<string, readonly string[]>;

/** Left free in our own tables: a later trestle-etl may bring columns of its own, about twenty. */
const RESERVE = { row: 4096, page: 820 };

/**
 * Finds room for new columns: in the resource's own table, else in tables beside it, made as they are needed. Where the
 * row has no room for a VARCHAR it becomes a TEXT, which leaves only a pointer in it.
 * @param existing the tables that there are.
 */
export function allocateColumns(
  dataset: Dataset,
  requested: readonly Field[],
  existing: ColumnTypesByTable,
): ColumnPlacement[] {
  const spaces = new Map(
    [...existing].map(([table, types]) => [table, measureFreeSpace(dataset, table, types)]),
  );
  return requested.map((field) => allocateColumn(dataset, field, spaces));
}

type FreeSpace = { row: number; page: number; columns: number };

function measureFreeSpace(dataset: Dataset, table: string, types: readonly string[]): FreeSpace {
  const { row, page } = totalWidth(types);
  const kept = table === dataset.table ? RESERVE : { row: 0, page: 0 };
  return {
    row: MAX_ROW_BYTES - kept.row - row,
    page: MAX_PAGE_BYTES - kept.page - page,
    columns: MAX_COLUMNS - types.length,
  };
}

function allocateColumn(dataset: Dataset, field: Field, spaces: Map<string, FreeSpace>): ColumnPlacement {
  for (let number = 1; ; number += 1) {
    const table = number === 1 ? dataset.table : `${dataset.table}_${number}`;
    const space = spaces.get(table) ?? measureFreeSpace(dataset, table, ['varchar(255)']);
    spaces.set(table, space);
    const type = findFittingType(field.type, space);
    if (type === undefined) continue;
    const { row, page } = widthOf(sqlType(type));
    // A bit says whether it is null; a whole byte is on the safe side.
    space.row -= row + 1;
    space.page -= page + 1;
    space.columns -= 1;
    return describePlacement(field, type, number === 1 ? undefined : table);
  }
}

function findFittingType(type: FieldType, space: FreeSpace): FieldType | undefined {
  const fits = (wanted: FieldType): boolean => {
    const { row, page } = widthOf(sqlType(wanted));
    return space.columns > 0 && row + 1 <= space.row && page + 1 <= space.page;
  };
  if (fits(type)) return type;
  const text: FieldType = { kind: 'text' };
  return type.kind === 'string' && fits(text) ? text : undefined;
}

function describePlacement(
  { name, column, type: wished }: Field,
  type: FieldType,
  table: string | undefined,
): ColumnPlacement {
  const notes = [
    ...(type === wished
      ? []
      : [
          `${name}: text instead of ${sqlType(wished)}, as a row has no room for it (${MAX_ROW_BYTES} bytes)`,
        ]),
    ...(table === undefined
      ? []
      : [`${name}: in ${table}, as the tables before it have no room for another column`]),
  ];
  return { field: { name, column, type, ...(table === undefined ? {} : { table }) }, notes };
}
