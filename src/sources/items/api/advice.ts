import { compileJsonPath } from '../../../lib/json-path.ts';
import { findNextLink } from './pages/link.ts';
import type { ListPage } from './pages/pager.ts';
import { createRemainingFinder } from './pages/remaining.ts';
import type { ApiEntry } from './settings.ts';

/** Sizes that servers use for a page unless another is requested. */
const USUAL_SIZES: ReadonlySet<number> = new Set([
  10, 15, 20, 24, 25, 30, 40, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000,
]);

/** What is doubtful about an entry. */
export function listAdvice(id: string, { page, query, url = '' }: ApiEntry): string[] {
  if (page === undefined || !('offset' in page)) return [];
  const names = [...Object.keys(query), ...new URL(url).searchParams.keys()];
  if (names.some((name) => /order|sort/i.test(name))) return [];
  return [
    `${id} reads pages by offset without an order: records can repeat or be left out; add the server's order parameter to query`,
  ];
}

/** A first page that seems to be one of several, although no next one is known. */
export function findSecondPage(entry: ApiEntry, { count, link, value }: ListPage): string | undefined {
  const { page, path } = entry;
  if (path !== undefined) return undefined;
  if (page !== undefined) return findWrongPath(entry, count, value);
  if (findNextLink(link) !== undefined) {
    return 'the answer has the address of a next page in its header Link: set page to { link: next }';
  }
  return isFull(entry, count)
    ? `the page has ${count} records and may be full: is there a second one? Then set page`
    : undefined;
}

/** The last page may lack the path too, but few last pages are full. */
function findWrongPath(entry: ApiEntry, count: number, value: unknown): string | undefined {
  const { page } = entry;
  if (page === undefined || !isFull(entry, count)) return undefined;
  const path = 'cursor' in page ? page.cursor : 'next' in page ? page.next : undefined;
  if (path === undefined || hasPath(value, path)) return undefined;
  const { hasMore, total } = createRemainingFinder(page)(value);
  if (hasMore === false || (total !== undefined && total <= count)) return undefined;
  return `the page has ${count} records and may be full, and the answer has no ${path}: check page`;
}

function isFull({ page, query }: ApiEntry, count: number): boolean {
  if (count === 0) return false;
  return USUAL_SIZES.has(count) || page?.size === count || Object.values(query).includes(String(count));
}

/** Whether the answer has a value at a path, or null at one of plain names: a last page often has null. */
function hasPath(value: unknown, path: string): boolean {
  const found = compileJsonPath(path)(value);
  if (found !== undefined && found !== null) return true;
  let parent = value;
  for (const name of path.split('.')) {
    if (parent === null) return true;
    if (typeof parent !== 'object' || !Object.hasOwn(parent, name)) return false;
    parent = (parent as Readonly<Record<string, unknown>>)[name];
  }
  return true;
}
