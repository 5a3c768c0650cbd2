/** What limits the pages of records that are requested with their child records. Pure. */

/** The first page has so many records, and none has fewer. */
export const MIN_EXPANDED_PAGE = 50;

/** A run holds two pages, and JavaScript frees finished ones late: a load with pages of 16 MB peaked at 310 MB. */
export const MAX_PAGE_BYTES = 16_000_000;

/** Far from the time at which Trestle ends a query with 504. */
export const MAX_PAGE_MS = 15_000;

/** Of pages with as many records as these. */
export type RecordCost = { readonly bytes: number; readonly ms: number };

/** The cost of one record, from a page and the pages before it. A cost falls slowly: the next page may have more photos. */
export function averageCost(
  page: RecordCost & { readonly records: number },
  before: RecordCost | undefined,
): RecordCost {
  const records = Math.max(1, page.records);
  return {
    bytes: Math.max(page.bytes / records, 0.9 * (before?.bytes ?? 0)),
    ms: Math.max(page.ms / records, 0.5 * (before?.ms ?? 0)),
  };
}

/** The most records whose page stays below both limits. @param most a limit that is known otherwise. */
export function largestPage({ bytes, ms }: RecordCost, most: number): number {
  const limit = Math.min(most, MAX_PAGE_BYTES / bytes, MAX_PAGE_MS / ms);
  return Math.max(Math.min(MIN_EXPANDED_PAGE, most), Math.floor(limit));
}

/** The size of the next page: twice the last one, up to the largest. */
export function growPage(size: number, largest: number): number {
  return Math.min(2 * size, largest);
}

/** Counts the pages for so many records, the first of them with `size` records. */
export function countExpandedPages(records: number, size: number, largest: number): number {
  let pages = 0;
  let left = records;
  for (let next = size; left > 0 && next < largest; next = growPage(next, largest)) {
    left -= next;
    pages += 1;
  }
  return pages + Math.ceil(Math.max(0, left) / largest);
}
