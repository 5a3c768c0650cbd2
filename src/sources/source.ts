import type { Dataset } from '../dataset/dataset.ts';
import type { FeedSchema } from '../dataset/feed-schema.ts';
import type { Cursor } from '../model/cursor.ts';
import type { Page } from '../model/page.ts';

/** Where to begin, and what is wanted beside the records. */
export type From = {
  /** Undefined: from the beginning of the feed. */
  readonly cursor: Cursor | undefined;
  /** Ask with the first page how many records there are. */
  readonly count?: boolean;
  /** What the records have to match, beside the user's own filter; in the feed's language. */
  readonly filter?: string;
};

/** The seam between a feed and the rest of the tool: a new kind of feed is a new folder beside `odata/` that fits this. */
export type Source = {
  /**
   * Every record from the cursor on, in the order of (timestamp, key), to the feed's end at the time it is reached.
   * Errors of a request surface after its retries; an abort surfaces as the signal's reason.
   */
  pages(resource: Dataset, from: From, signal: AbortSignal): AsyncIterable<Page>;
  /**
   * Every record, in no order: pages carry no cursor. Ends early, without an error, where the server's cursor died:
   * `complete` of the last item tells.
   */
  replicate(resource: Dataset, signal: AbortSignal): AsyncIterable<Page & { readonly complete: boolean }>;
  /** Every record that belongs to one of these parents. */
  children(resource: Dataset, parents: readonly string[], signal: AbortSignal): AsyncIterable<Page>;
  /**
   * The keys of all records that match the user's filter, in the order of the key, from after a key on. Pages are as
   * large as the feed allows for keys alone.
   */
  census(resource: Dataset, after: string | undefined, signal: AbortSignal): AsyncIterable<CensusPage>;
  /**
   * Index fields of the records whose photos changed from the cursor on, in the order of that time; the cursor holds it.
   * Within the user's filter. @throws QueryRefusedError if the feed cannot filter or order by it.
   */
  changedPhotos(resource: Dataset, from: Cursor, signal: AbortSignal): AsyncIterable<PhotosPage>;
  /** How many records match the user's filter now, in a window of the cursor field or at all. */
  count(resource: Dataset, signal: AbortSignal, window?: Window): Promise<number>;
  /** The keys of those in a window. */
  keysIn(resource: Dataset, window: Window, signal: AbortSignal): AsyncIterable<CensusPage>;
  /** The records of these keys that match the user's filter. */
  byKeys(resource: Dataset, keys: readonly string[], signal: AbortSignal): AsyncIterable<Page>;
  /** Which of these keys the feed has, within the user's filter or at all. */
  present(
    resource: Dataset,
    keys: readonly string[],
    scope: 'filtered' | 'all',
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>>;
  /** What the feed says of its own fields: one request. */
  metadata(signal: AbortSignal): Promise<FeedSchema>;
  /** Requests sent so far, tries included. */
  calls(): number;
  /** The feed's own time, in milliseconds since the epoch; ours until it has answered. */
  now(): number;
  /** What the feed last said is left, for people. */
  quota(): QuotaLeft | undefined;
};

/** From an instant on, up to but without another one; ISO 8601. Open where undefined. */
export type Window = { readonly from: string | undefined; readonly to: string | undefined };

/** Keys and versions, without the records. */
export type CensusPage = {
  readonly entries: readonly CensusEntry[];
  /** Records without a key that can be used: counted by the feed all the same. */
  readonly unusable: number;
  /** How many there are in all, said with the first page. */
  readonly count: number | undefined;
};

/** The cursor is that of the time at which photos changed; undefined if the page does not move it. */
export type PhotosPage = CensusPage & { readonly cursor: Cursor | undefined };

/** Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC, or null where the feed's can't be read. */
export type CensusEntry = {
  readonly key: string;
  readonly version: string | null;
  /** Null too where the resource has none. */
  readonly photosChanged: string | null;
  readonly photosCount: string | null;
};

export type QuotaLeft = {
  readonly minute: { readonly limit: number | undefined; readonly left: number | undefined };
  readonly hour: {
    readonly limit: number | undefined;
    readonly left: number | undefined;
    readonly resetAt: number | undefined;
  };
};
