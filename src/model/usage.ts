/** The purpose of a request: records; only keys or a count; a sign-in; a media file. */
export type CallKind = 'data' | 'census' | 'token' | 'file';

/** The requests of one hour, by run, dataset and kind. The numbers only grow. */
export type CallCount = {
  /** 0 if outside of a run. */
  readonly run: number;
  /** The start of the hour, in milliseconds since the epoch. */
  readonly hour: number;
  /** The source's id. */
  readonly source: string;
  /** Empty for sign-ins. */
  readonly resource: string;
  readonly kind: CallKind;
  readonly calls: number;
  /** Calls without a complete answer, or with a status other than 200. */
  readonly failed: number;
  /** Bytes of the decompressed response bodies. */
  readonly bytes: number;
  readonly ms: number;
};

/** The calls of one process. */
export type CallBook = { readonly process: string; readonly counts: readonly CallCount[] };

/** Counts the calls of this process, and stores the counts in a file that survives a kill. */
export type Meter = {
  /**
   * Counts a call that is about to be sent.
   * @param source its id; the Trestle feed unless given.
   * @returns a function to call with the result.
   */
  begin(
    kind: CallKind,
    resource: string,
    source?: string,
  ): (end: { readonly failed: boolean; readonly bytes: number }) => void;
  /** Sets the run of later calls, and ends `deferPending`. */
  setRun(id: number): void;
  /** Returns the counts that changed since the last save; empty after `deferPending`. */
  readPending(): CallBook;
  /** Marks the counts of a book as saved in the database. */
  markSaved(book: CallBook): void;
  /** Leaves the pending counts, and later ones, to the run of a later process. */
  deferPending(): void;
  /** Returns the books of earlier processes; call `forget` when a book is saved in the database. */
  readLeftovers(): readonly (CallBook & { forget(): void })[];
  /** Removes this process's file, unless counts are pending. */
  close(): void;
};
