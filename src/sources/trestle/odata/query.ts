import type { Dataset } from '../../../dataset/dataset.ts';
import type { Cursor } from '../../../model/cursor.ts';
import type { TimeWindow } from '../../source.ts';
import { cursorField, parentLink, selectOf } from '../../../dataset/reading.ts';

export type QueryOptions = {
  readonly filter?: string | undefined;
  readonly orderBy?: string | undefined;
  readonly select?: readonly string[] | undefined;
  /** Child datasets whose records are requested with each record. */
  readonly expand?: readonly Dataset[] | undefined;
  readonly top?: number | undefined;
  readonly count?: boolean | undefined;
  readonly replication?: boolean | undefined;
  /** Return enums as their display names. */
  readonly prettyEnums?: boolean | undefined;
};

/** Builds the URL of a query; `base` is the service root without a trailing slash. */
export function buildQueryUrl(base: string, entitySet: string, options: QueryOptions): string {
  const parts: [string, string | undefined][] = [
    ['replication', options.replication === true ? 'true' : undefined],
    ['$filter', options.filter],
    ['$orderby', options.orderBy],
    ['$select', options.select?.join(',')],
    ['$expand', options.expand?.map(formatExpansion).join(',')],
    ['$top', options.top?.toString()],
    ['$count', options.count === true ? 'true' : undefined],
    ['PrettyEnums', options.prettyEnums === true ? 'true' : undefined],
  ];
  const query = parts
    .filter((part): part is [string, string] => part[1] !== undefined && part[1] !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  return `${base}/${encodeURIComponent(entitySet)}${query === '' ? '' : `?${query}`}`;
}

/** `Media`, or `Media($select=MediaKey,Order)`: the same fields as a query of the dataset itself. */
function formatExpansion(dataset: Dataset): string {
  const select = selectOf(dataset);
  const link = parentLink(dataset)?.link ?? dataset.name;
  return select === undefined ? link : `${link}($select=${select.join(',')})`;
}

/**
 * Builds the filter for records after the cursor, in the order of `buildKeysetOrder`. The server compares keys, because
 * only it knows their order. Without a cursor there is no filter; without a key the cursor's whole instant is included.
 */
export function buildKeysetFilter(dataset: Dataset, cursor: Cursor | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const { timestamp, key } = cursor;
  if (key === undefined) return `${cursorField(dataset)} ge ${timestamp}`;
  return (
    `(${cursorField(dataset)} gt ${timestamp} or ` +
    `(${cursorField(dataset)} eq ${timestamp} and ${dataset.key} gt ${quoteText(key)}))`
  );
}

/** Builds the filter for records whose cursor is in a window; undefined if the window has no bounds. */
export function buildWindowFilter(dataset: Dataset, { from, to }: TimeWindow): string | undefined {
  const bounds = [
    ...(from === undefined ? [] : [`${cursorField(dataset)} ge ${from}`]),
    ...(to === undefined ? [] : [`${cursorField(dataset)} lt ${to}`]),
  ];
  return bounds.length === 0 ? undefined : bounds.join(' and ');
}

export function buildKeysetOrder(dataset: Dataset): string {
  return `${cursorField(dataset)} asc,${dataset.key} asc`;
}

/** `field in ('a','b')`. */
export function buildInFilter(field: string, values: readonly string[]): string {
  return `${field} in (${values.map(quoteText).join(',')})`;
}

/** Joins filters with `and`, each in parentheses: a user's filter may contain `or`. */
export function joinFilters(...filters: readonly (string | undefined)[]): string | undefined {
  const given = filters.filter((filter): filter is string => filter !== undefined && filter.trim() !== '');
  if (given.length < 2) return given[0];
  return given.map((filter) => `(${filter})`).join(' and ');
}

/** Writes a string literal; a quote inside is doubled (OData v4, URL conventions 5.1.1.6.1). */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
