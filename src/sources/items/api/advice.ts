import { findNextLink } from './pages/link.ts';
import type { Page } from './pages/pager.ts';
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

/** A single page that seems to be one of several. */
export function findSecondPage({ page, path, query }: ApiEntry, { count, link }: Page): string | undefined {
  if (page !== undefined || path !== undefined) return undefined;
  if (findNextLink(link) !== undefined) {
    return 'the answer has the address of a next page in its header Link: set page to { link: next }';
  }
  const isFull = USUAL_SIZES.has(count) || (count > 0 && Object.values(query).includes(String(count)));
  return isFull
    ? `the page has ${count} records and may be full: is there a second one? Then set page`
    : undefined;
}
