import { FatalError } from '../../../errors.ts';
import type { Dataset } from '../../../dataset/dataset.ts';
import type { PageBody } from './body.ts';
import { checkNextLink } from './links.ts';

/** Limit of empty pages in a row that link to a next one. */
const MAX_EMPTY_PAGES = 5;

/** The same for pages whose records have no position to continue from. */
const MAX_PAGES_WITHOUT_POSITION = 100;

/** `more`: pages follow; `again`: request this page again, with a count; `end`: this was the last page. */
export type PageVerdict = 'more' | 'again' | 'end';

type AssessedPage = Pick<PageBody<{ readonly length: number }>, 'records' | 'nextLink' | 'count'>;

/** Decides after each page of one query whether it was the last one. Compares the server's count with what it sent. */
export class EndDetector {
  readonly #top: number;
  /** Number of all records, from the first page that counts them. */
  #count: number | undefined;
  #seen = 0;
  /** A short page contradicted the count: from then on only an empty page is accepted as the end. */
  #isIncomplete = false;
  /** An empty page is requested again only once. */
  #wasRepeated = false;
  /** The first page was requested with a count: if it is empty, its count must be 0. */
  readonly #expectsCount: boolean;

  /**
   * @param top the number of records that each page was requested with.
   * @param expectsCount whether the first page was requested with a count: an empty page without one is then suspicious.
   */
  constructor(top: number, expectsCount = false) {
    this.#top = top;
    this.#expectsCount = expectsCount;
  }

  /**
   * A short page without a link is the last one, unless the server counts more records than it has sent. In that case
   * only an empty page is the last one, and it is requested twice.
   * @param top the number of records that this page was requested with, if it differs.
   */
  assess({ records, nextLink, count }: AssessedPage, top = this.#top): PageVerdict {
    const isUncounted = this.#expectsCount && this.#count === undefined && count === undefined;
    this.#count ??= count;
    this.#seen += records.length;
    if (nextLink !== undefined) return 'more';
    const isShort = this.#seen < (this.#count ?? 0);
    if (records.length === 0) {
      const isSuspicious = !this.#wasRepeated && (isShort || (isUncounted && this.#seen === 0));
      this.#wasRepeated = true;
      return isSuspicious ? 'again' : 'end';
    }
    if (records.length >= top) return 'more';
    this.#isIncomplete ||= isShort;
    return this.#isIncomplete ? 'more' : 'end';
  }
}

/** Follows the links of pages that have no cursor to continue from, up to a limit. */
export class LinkTrail {
  readonly #base: string;
  #visited = new Set<string>();
  #empty = 0;

  constructor(base: string) {
    this.#base = base;
  }

  /** Call after a page that has a cursor to continue from. */
  reset(): void {
    this.#visited.clear();
    this.#empty = 0;
  }

  /**
   * Returns the address of the next page.
   * @throws FatalError if the link leads to another origin or back, or after too many such pages in a row.
   */
  follow(dataset: Dataset, url: string, { records }: AssessedPage, link: string): string {
    this.#visited.add(url);
    this.#empty = records.length === 0 ? this.#empty + 1 : 0;
    if (this.#empty >= MAX_EMPTY_PAGES || this.#visited.size >= MAX_PAGES_WITHOUT_POSITION) {
      const pages = Math.max(this.#empty, this.#visited.size);
      throw new FatalError(
        `${dataset.name}: ${pages} pages in a row have no cursor to continue from; the next link is ${shortenLink(link)}`,
        { op: 'follow nextLink', hint: 'report it to Cotality; committed data is kept' },
      );
    }
    return checkNextLink(link, this.#base, this.#visited);
  }
}

function shortenLink(link: string): string {
  return link.length <= 300 ? link : `${link.slice(0, 300)}…`;
}
