import type { Json, RawRecord } from '../../../sources/items.ts';

/** What a page is made of. */
export type PageRequest = {
  /** All records that the query asks for. */
  readonly records: readonly RawRecord[];
  readonly query: URLSearchParams;
  /** The address of the request. */
  readonly url: URL;
  /** The pager never comes to an end: each page is the first one, and more is promised. */
  readonly repeats: boolean;
  /** The last page has a cursor or a link too; the page after it has null instead of a list. */
  readonly keepsCursor: boolean;
};

/** A page. `list` is in the body too: faults replace it. */
export type Page = {
  readonly body: Json;
  /** The name of the list in the body; undefined if the body is the list. */
  readonly list: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A page, or the name of the parameter that cannot be read. */
export type PageResult = Page | { readonly refused: string };

export type Pager = (request: PageRequest) => PageResult;

const DEFAULT_SIZE = 100;
/** A larger page is not refused: it has this size, as with most APIs. */
const MAX_SIZE = 250;

/** The size of a page. Undefined: cannot be read. */
export function readSize(query: URLSearchParams, name: string): number | undefined {
  const size = readWhole(query, name, DEFAULT_SIZE);
  return size === undefined || size < 1 ? undefined : Math.min(size, MAX_SIZE);
}

/** A whole number of at least 0. Undefined: cannot be read. */
export function readWhole(query: URLSearchParams, name: string, preset: number): number | undefined {
  const text = query.get(name);
  if (text === null) return preset;
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** The address with another value of a parameter. */
export function withParam(url: URL, name: string, value: string): string {
  const other = new URL(url);
  other.searchParams.set(name, value);
  return other.href;
}
