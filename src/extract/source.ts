import type { Cursor, Page, Resource } from '../model.ts';

/** Where to begin, and what is wanted beside the records. */
export type From = {
  /** Undefined: from the beginning of the feed. */
  readonly cursor: Cursor | undefined;
  /** Ask with the first page how many records there are. */
  readonly count?: boolean;
};

/** The seam between a feed and the rest of the tool: a new kind of feed is a new folder beside `odata/` that fits this. */
export type Source = {
  /**
   * Every record from the cursor on, in the order of (timestamp, key), to the feed's end at the time it is reached.
   * Errors of a request surface after its retries; an abort surfaces as the signal's reason.
   */
  pages(resource: Resource, from: From, signal: AbortSignal): AsyncIterable<Page>;
  /**
   * Every record, in no order: pages carry no cursor. Ends early, without an error, where the server's cursor died:
   * `complete` of the last item tells.
   */
  replicate(resource: Resource, signal: AbortSignal): AsyncIterable<Page & { readonly complete: boolean }>;
  /** Every record that belongs to one of these parents. */
  children(resource: Resource, parents: readonly string[], signal: AbortSignal): AsyncIterable<Page>;
  /** Requests sent so far, tries included. */
  calls(): number;
  /** The feed's own time, in milliseconds since the epoch; ours until it has answered. */
  now(): number;
  /** What the feed last said is left, for people. */
  quota(): QuotaLeft | undefined;
};

export type QuotaLeft = {
  readonly minute: { readonly limit: number | undefined; readonly left: number | undefined };
  readonly hour: {
    readonly limit: number | undefined;
    readonly left: number | undefined;
    readonly resetAt: number | undefined;
  };
};
