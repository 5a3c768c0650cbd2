import type { Json } from '../../../items.ts';

/** A page as the server sent it. */
export type Page = {
  /** The parsed body. */
  readonly value: unknown;
  /** Records in it: as sent, whatever becomes of them. */
  readonly count: number;
  /** Records of this read so far, with this page. */
  readonly seen: number;
  /** The header `Link`. */
  readonly link: string;
  /** The address that answered. */
  readonly url: string;
};

/** Finds the pages of a list. A place identifies a page, and is stored in the checkpoint. */
export type Pager = {
  readonly first: Json;
  /** The address of a page. @param base the address of the list, with its query. */
  readonly addressOf: (place: Json, base: URL) => URL;
  /** The place of the next page; undefined: the answer says that there is none. */
  readonly next: (place: Json, page: Page) => Json | undefined;
  /** Whether the body of an answer says that it has the last page: then an unchanged body has it too. */
  readonly endsByBody: boolean;
};
