import { createHash } from 'node:crypto';
import { FatalError } from '../../../errors.ts';
import type { PagePlace } from './pages/pager.ts';

/** More pages than any list has that a run can read. */
const MAX_PAGES = 100_000;

/** Finds pages that repeat: reading them would never end. */
export type LoopGuard = {
  /** @throws FatalError for a place that was requested before, or too many pages. */
  checkPlace(place: PagePlace): void;
  /** @param texts the records as JSON. @throws FatalError for a page with the same records as an earlier one. */
  checkPage(texts: readonly string[]): void;
  /** The number of the current page, from 1. */
  page(): number;
};

/** @param id of the source. @param before pages before the first one, of a resumed read. */
export function createLoopGuard(id: string, before: number, maxPages = MAX_PAGES): LoopGuard {
  const places = new Map<string, number>();
  const pages = new Map<string, number>();
  let page = before;
  const fail = (message: string): FatalError =>
    new FatalError(`${id}: ${message}`, {
      op: 'read',
      hint: `check page of ${id} in sources.yaml, then: trestle-etl sources test ${id}`,
    });
  return {
    page: () => page,
    checkPlace: (place) => {
      page += 1;
      if (page > maxPages) throw fail(`there are more than ${maxPages} pages`);
      const key = JSON.stringify(place);
      const earlier = places.get(key);
      if (earlier !== undefined)
        throw fail(`after page ${page - 1} the server leads back to page ${earlier}`);
      places.set(key, page);
    },
    checkPage: (texts) => {
      if (texts.length === 0) return;
      const hash = createHash('sha256');
      for (const text of texts) hash.update(text).update('\n');
      const key = hash.digest('base64');
      const earlier = pages.get(key);
      if (earlier !== undefined) throw fail(`page ${page} has the same records as page ${earlier}`);
      pages.set(key, page);
    },
  };
}
