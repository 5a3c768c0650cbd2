import type { Field, FieldType, Dataset } from '../dataset/dataset.ts';
import { sqlType } from './sql-type.ts';
import { MAX_COLUMNS, MAX_PAGE_BYTES, MAX_ROW_BYTES, totalWidth, widthOf } from './column-width.ts';

/** The column allocated to a field. */
export type ColumnPlacement = {
  readonly field: Field;
  /** Reasons, for the user, why the type or the table differs from the request. */
  readonly notes: readonly string[];
};

/** Table → types of its columns. */
export type ColumnTypesByTable = ReadonlyMap<string, readonly string[]>;

/** Reserved in main tables for about twenty columns of later trestle-etl versions. In bytes. */
const RESERVE = { row: 4096, page: 820 };

/**
 * Allocates new columns: in the main table if they fit, otherwise in side tables, which are added as needed. A VARCHAR that
 * does not fit in the row becomes a TEXT, which needs only a pointer there.
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
  const reserved = table === dataset.table ? RESERVE : { row: 0, page: 0 };
  return {
    row: MAX_ROW_BYTES - reserved.row - row,
    page: MAX_PAGE_BYTES - reserved.page - page,
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
    // The null flag takes a bit; a whole byte is a safe upper bound.
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
  { name, column, type: requested }: Field,
  type: FieldType,
  table: string | undefined,
): ColumnPlacement {
  const notes = [
    ...(type === requested
      ? []
      : [
          `${name}: text instead of ${sqlType(requested)}, as a row has no room for it (${MAX_ROW_BYTES} bytes)`,
        ]),
    ...(table === undefined
      ? []
      : [`${name}: in ${table}, as the tables before it have no room for another column`]),
  ];
  return { field: { name, column, type, ...(table === undefined ? {} : { table }) }, notes };
}
