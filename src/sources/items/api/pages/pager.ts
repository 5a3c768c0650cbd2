import type { RemainingRecords } from './remaining.ts';

/** A page as the server sent it. */
export type ListPage = {
  /** The parsed body. */
  readonly value: unknown;
  /** Records in it, as sent: also those that cannot be items. */
  readonly count: number;
  /** Records of this read so far, with this page. */
  readonly seen: number;
  /** The header `Link`. */
  readonly link: string;
  /** The address that answered. */
  readonly url: string;
};

/** What identifies a page: its number, offset, cursor or address. Null: the first page. It is stored in the checkpoint. */
export type PagePlace = string | number | null;

/** Finds the pages of a list. */
export type Pager = {
  readonly first: PagePlace;
  /** The address of a page. @param base the address of the list, with its query. */
  readonly addressOf: (place: PagePlace, base: URL) => URL;
  /** The place of the next page; undefined: the answer shows that there is none. */
  readonly next: (place: PagePlace, page: ListPage) => PagePlace | undefined;
  /** What the body of an answer reports of the records after it. Undefined: it is not asked. */
  readonly findRemaining?: (value: unknown) => RemainingRecords;
  /** Whether the body of an answer shows that it has the last page: then an unchanged body has it too. */
  readonly endsByBody: boolean;
};
