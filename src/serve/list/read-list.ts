import type { ServeTools } from '../tools.ts';
import { type Column, convertRow, type Row, selectColumns } from './column.ts';
import { type Condition, joinConditions } from './condition.ts';
import { type Count, countRows } from './count.ts';
import { formatCursor, parseCursor } from './cursor.ts';
import { selectFields } from './fields.ts';
import { formatOrder, isAfter, type Order, type Place } from './keyset.ts';
import { type Pagination, readWindow, type Window } from './page.ts';

/** What a list is read from. */
export type ListQuery = {
  /** Different for each list: a cursor of one list is refused by another. */
  readonly name: string;
  readonly table: string;
  readonly columns: readonly Column[];
  readonly conditions: readonly Condition[];
  readonly order: Order;
};

/** The parameters of a list that say which part of it is wanted. */
export type PageValues = {
  readonly page?: number | undefined;
  readonly page_size?: number | undefined;
  readonly cursor?: string | undefined;
  readonly count?: boolean | undefined;
  readonly fields?: string | undefined;
};

export type ListPage = {
  readonly records: readonly Record<string, unknown>[];
  readonly pagination: Pagination;
};

type ListTools = Pick<ServeTools, 'database' | 'counts' | 'cursorSecret'>;

/** Reads one page of a list. @throws RequestError (400) for a wrong cursor, page or field. */
export async function readList(query: ListQuery, page: PageValues, tools: ListTools): Promise<ListPage> {
  const columns = selectFields(query.columns, page.fields);
  const { rows, pagination } = await readRows(query, page, tools, columns);
  return { records: rows.map((row) => convertRow(columns, row, PLACE)), pagination };
}

/** The same for a list whose records are made from more than these columns. */
export async function readRows(
  query: ListQuery,
  page: PageValues,
  tools: ListTools,
  columns: readonly Column[],
): Promise<{ readonly rows: readonly Row[]; readonly pagination: Pagination }> {
  const { table, conditions, order } = query;
  const window = readWindow(page);
  const list = describeList(query);
  const place = page.cursor === undefined ? undefined : parseCursor(page.cursor, list, tools.cursorSecret);
  const { sql, values } = joinConditions([
    ...conditions,
    ...(place === undefined ? [] : [isAfter(order, place)]),
  ]);
  const found = await tools.database.select<PlacedRow>(
    `SELECT ${selectColumns(columns)}, CAST(${order.column} AS CHAR) AS place_value, CAST(${order.key} AS CHAR) AS place_key ` +
      `FROM ${table} WHERE ${sql} ORDER BY ${formatOrder(order)} LIMIT ${window.size + 1} OFFSET ${window.offset}`,
    values,
  );
  const rows = found.slice(0, window.size);
  const last = found.length > window.size ? rows.at(-1) : undefined;
  const count = page.count === false ? undefined : await countRows(tools, table, conditions);
  const next = last === undefined ? null : formatCursor(toPlace(last), list, tools.cursorSecret);
  return { rows, pagination: describePages(window, count, next) };
}

/** The columns of a place. */
const PLACE = ['place_value', 'place_key'];

type PlacedRow = Row & { readonly place_value: string | null; readonly place_key: string };

function toPlace({ place_value: value, place_key: key }: PlacedRow): Place {
  return { value, key };
}

/** What a cursor belongs to. */
function describeList({ name, conditions, order }: ListQuery): string {
  const { sql, values } = joinConditions(conditions);
  return JSON.stringify([name, sql, values, order.column, order.direction]);
}

function describePages({ page, size }: Window, count: Count | undefined, next: string | null): Pagination {
  return {
    page: page ?? null,
    page_size: size,
    total_items: count?.total ?? null,
    total_pages: count === undefined ? null : Math.ceil(count.total / size),
    total_is_capped: count?.isCapped ?? false,
    has_next: next !== null,
    has_previous: page === undefined || page > 1,
    next_cursor: next,
  };
}
