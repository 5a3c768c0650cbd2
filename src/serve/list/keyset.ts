import type { SqlValue } from '../../db/pool.ts';
import type { Condition } from './condition.ts';

/** The order of a list: by a column, then by a key, which no two rows share. */
export type Order = {
  readonly column: string;
  readonly key: string;
  readonly direction: 'asc' | 'desc';
  /** Whether the column can be NULL: NULL is before all values. */
  readonly isNullable: boolean;
};

/** The place after which a page starts. */
export type Place = { readonly value: string | null; readonly key: string };

export function formatOrder({ column, key, direction }: Order): string {
  const way = direction === 'asc' ? 'ASC' : 'DESC';
  return column === key ? `${key} ${way}` : `${column} ${way}, ${key} ${way}`;
}

/**
 * The rows after a place. The first comparison is redundant: it lets the server start in the index instead of at its
 * beginning.
 */
export function isAfter(
  { column, key, direction, isNullable }: Order,
  { value, key: last }: Place,
): Condition {
  const sign = direction === 'asc' ? '>' : '<';
  if (column === key) return { sql: `${key} ${sign} ?`, values: [last] };
  if (value === null) {
    const rest = direction === 'asc' ? ` OR ${column} IS NOT NULL` : '';
    return { sql: `(${column} IS NULL AND ${key} ${sign} ?)${rest}`, values: [last] };
  }
  const after = `${column} ${sign}= ? AND (${column} ${sign} ? OR ${key} ${sign} ?)`;
  const values: SqlValue[] = [value, value, last];
  return isNullable && direction === 'desc'
    ? { sql: `(${after}) OR ${column} IS NULL`, values }
    : { sql: after, values };
}
