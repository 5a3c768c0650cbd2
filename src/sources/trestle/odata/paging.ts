import { FatalError } from '../../../errors.ts';
import type { Dataset } from '../../../dataset/dataset.ts';
import type { PageBody } from './body.ts';
import { checkNextLink } from './links.ts';

/** Pages in a row without a record; each was sent with a link to a next one. */
const MAX_EMPTY_PAGES = 5;

/** The same for pages of records without a place in the feed to continue from. */
const MAX_PAGES_WITHOUT_POSITION = 100;

/** What a page says of those that follow: there are some; ask for this one again, with a count; there are none. */
export type PageVerdict = 'more' | 'again' | 'end';

/** Decides after each page of one query whether it was the last one. Holds what the server said, and what it sent. */
export class EndDetector {
  readonly #top: number;
  /** Records in all, by the first page that counts them. */
  #count: number | undefined;
  #seen = 0;
  /** A page was short of what the server counts: from then on only an empty page is believed. */
  #isDoubtful = false;
  /** An empty page is doubted once. */
  #wasAsked = false;
  /** A first page without records that was to count them has to say 0. */
  readonly #expectsCount: boolean;

  /**
   * @param top records that each page was asked for.
   * @param expectsCount whether the first page was asked for a count, and an empty one without it is to be doubted.
   */
  constructor(top: number, expectsCount = false) {
    this.#top = top;
    this.#expectsCount = expectsCount;
  }

  /**
   * A page without a link that is shorter than asked is the last one, unless the server counts more records than it has
   * sent: then an empty page is, and that is asked for twice.
   */
  assess({ records, nextLink, count }: PageBody): PageVerdict {
    const isUncounted = this.#expectsCount && this.#count === undefined && count === undefined;
    this.#count ??= count;
    this.#seen += records.length;
    if (nextLink !== undefined) return 'more';
    const isShort = this.#seen < (this.#count ?? 0);
    if (records.length === 0) {
      const isDoubted = !this.#wasAsked && (isShort || (isUncounted && this.#seen === 0));
      this.#wasAsked = true;
      return isDoubted ? 'again' : 'end';
    }
    if (records.length >= this.#top) return 'more';
    this.#isDoubtful ||= isShort;
    return this.#isDoubtful ? 'more' : 'end';
  }
}

/** Follows the links of pages that hold nothing to continue from, and no more of them than can be meant. */
export class LinkTrail {
  readonly #base: string;
  #visited = new Set<string>();
  #empty = 0;

  constructor(base: string) {
    this.#base = base;
  }

  /** A page was read that the feed can be continued from. */
  reset(): void {
    this.#visited.clear();
    this.#empty = 0;
  }

  /**
   * The address of the page after this one.
   * @throws FatalError for a link that leads elsewhere or back, and if too many pages in a row brought nothing.
   */
  follow(dataset: Dataset, url: string, { records }: PageBody, link: string): string {
    this.#visited.add(url);
    this.#empty = records.length === 0 ? this.#empty + 1 : 0;
    if (this.#empty >= MAX_EMPTY_PAGES || this.#visited.size >= MAX_PAGES_WITHOUT_POSITION) {
      const pages = Math.max(this.#empty, this.#visited.size);
      throw new FatalError(
        `${dataset.name}: ${pages} pages in a row hold nothing to continue from, and the next link is ${shortenLink(link)}`,
        { op: 'follow nextLink', hint: 'report it to the feed; what was committed stays' },
      );
    }
    return checkNextLink(link, this.#base, this.#visited);
  }
}

function shortenLink(link: string): string {
  return link.length <= 300 ? link : `${link.slice(0, 300)}…`;
}
