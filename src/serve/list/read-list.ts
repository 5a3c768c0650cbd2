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

/** Where a page is in its list. */
export type PagePlace = {
  readonly pagination: Pagination;
  /** When the first page was read, in milliseconds; undefined if the pages before were not read by cursor. */
  readonly startedAt: number | undefined;
};

export type ListPage = PagePlace & { readonly records: readonly Record<string, unknown>[] };

type ListTools = Pick<ServeTools, 'database' | 'counts' | 'cursorSecret' | 'clock'>;

/** Reads one page of a list. @throws RequestError (400) for a wrong cursor, page or field. */
export async function readList(query: ListQuery, page: PageValues, tools: ListTools): Promise<ListPage> {
  const columns = selectFields(query.columns, page.fields);
  const { rows, ...place } = await readRows(query, page, tools, columns);
  return { records: rows.map((row) => convertRow(columns, row, PLACE)), ...place };
}

/** The same for a list whose records are made from more than these columns. */
export async function readRows(
  query: ListQuery,
  page: PageValues,
  tools: ListTools,
  columns: readonly Column[],
): Promise<PagePlace & { readonly rows: readonly Row[] }> {
  const { table, conditions, order } = query;
  const window = readWindow(page);
  const list = describeList(query);
  const progress = page.cursor === undefined ? undefined : parseCursor(page.cursor, list, tools.cursorSecret);
  const isFirst = progress === undefined && window.offset === 0;
  const startedAt = isFirst ? tools.clock.now() : progress?.startedAt;
  const { sql, values } = joinConditions([
    ...conditions,
    ...(progress === undefined ? [] : [isAfter(order, progress.place)]),
  ]);
  const found = await tools.database.select<PlacedRow>(
    `SELECT ${selectColumns(columns)}, CAST(${order.column} AS CHAR) AS place_value, CAST(${order.key} AS CHAR) AS place_key ` +
      `FROM ${table} WHERE ${sql} ORDER BY ${formatOrder(order)} LIMIT ${window.size + 1} OFFSET ${window.offset}`,
    values,
  );
  const rows = found.slice(0, window.size);
  const last = found.length > window.size ? rows.at(-1) : undefined;
  const count = page.count === false ? undefined : await countRows(tools, table, conditions);
  const next =
    last === undefined ? null : formatCursor({ place: toPlace(last), startedAt }, list, tools.cursorSecret);
  return { rows, startedAt, pagination: describePages(window, count, next) };
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
