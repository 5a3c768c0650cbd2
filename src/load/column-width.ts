/** Bytes that a column uses of the server's row limit, and of InnoDB's row limit for a 16 kB page. */
export type Width = { readonly row: number; readonly page: number };

/** Limit of MySQL and MariaDB for all columns of a row together. BLOBs and TEXTs count only with their pointers. */
export const MAX_ROW_BYTES = 65_535;

/** InnoDB's limit for a row, half a page; measured on MySQL 9.7 and MariaDB 10.11. */
export const MAX_PAGE_BYTES = 8126;

/** Per table: MySQL reports "too many columns" from 1018 on. */
export const MAX_COLUMNS = 1017;

/** The row header, transaction id and rollback pointer. */
export const HEADER_WIDTH: Width = { row: 64, page: 64 };

/**
 * MySQL counts a variable-length column as 41 bytes of the page (at most 196 TEXTs), MariaDB as 21 (382), but both count a
 * column of less than 256 bytes in full. This is the greater value: a fields file from one server must work on the other.
 */
const VARIABLE_PAGE_BYTES = 41;

const FIXED_BYTES: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  mediumint: 3,
  int: 4,
  bigint: 8,
  float: 4,
  double: 8,
  date: 3,
  year: 1,
};

/** A TEXT stores a pointer and its length in the row. */
const POINTER_BYTES = 12;

/** @param type as the server prints it. */
export function widthOf(type: string): Width {
  const [, name = '', first, second] = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?/.exec(type) ?? [];
  const size = Number(first ?? 0);
  if (name === 'varchar' || name === 'char') return variableWidth(4 * size);
  if (name === 'varbinary' || name === 'binary') return variableWidth(size);
  if (name === 'decimal')
    return fixedWidth(digitBytes(size - Number(second ?? 0)) + digitBytes(Number(second ?? 0)));
  if (name === 'datetime' || name === 'timestamp' || name === 'time')
    return fixedWidth(5 + Math.ceil(size / 2));
  const known = FIXED_BYTES[name];
  return known === undefined ? { row: POINTER_BYTES, page: VARIABLE_PAGE_BYTES } : fixedWidth(known);
}

function variableWidth(bytes: number): Width {
  return {
    row: bytes + 2,
    page: bytes < 256 ? Math.max(VARIABLE_PAGE_BYTES, bytes + 1) : VARIABLE_PAGE_BYTES,
  };
}

function fixedWidth(bytes: number): Width {
  return { row: bytes, page: bytes };
}

/** A DECIMAL stores nine digits in four bytes. */
function digitBytes(digits: number): number {
  const rest = [0, 1, 1, 2, 2, 3, 3, 4, 4][digits % 9] ?? 0;
  return 4 * Math.floor(digits / 9) + rest;
}

/** Width of all columns together, with a null bit each. */
export function totalWidth(types: readonly string[]): Width {
  const nulls = Math.ceil(types.length / 8);
  return types
    .map(widthOf)
    .reduce((sum, width) => ({ row: sum.row + width.row, page: sum.page + width.page }), {
      row: HEADER_WIDTH.row + nulls,
      page: HEADER_WIDTH.page + nulls,
    });
}
