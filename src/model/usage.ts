/** What a request is for: records; keys or a number alone; a sign-in; a media file. */
export type CallKind = 'data' | 'census' | 'token' | 'file';

/** What was sent in one hour, for one run, resource and kind. Its numbers only ever grow. */
export type CallCount = {
  /** 0: no run. */
  readonly run: number;
  /** Its beginning, in milliseconds since the epoch. */
  readonly hour: number;
  /** The source's id. */
  readonly source: string;
  /** Empty for sign-ins. */
  readonly resource: string;
  readonly kind: CallKind;
  readonly calls: number;
  /** Of these, those without a whole answer, or with another status than 200. */
  readonly failed: number;
  /** Of the answers' bodies, unpacked. */
  readonly bytes: number;
  readonly ms: number;
};

/** The calls of one process. */
export type CallBook = { readonly process: string; readonly counts: readonly CallCount[] };

/** Counts the calls of this process, and keeps the counts where a kill does not reach them. */
export type Meter = {
  /**
   * Counts a call that is about to be sent.
   * @param source its id; the Trestle feed unless given.
   * @returns what is told how it ended.
   */
  begin(
    kind: CallKind,
    resource: string,
    source?: string,
  ): (end: { readonly failed: boolean; readonly bytes: number }) => void;
  /** The run that calls count for from now on; takes `leave` back. */
  setRun(id: number): void;
  /** What has changed since it was last saved; empty once `leave` was called. */
  readPending(): CallBook;
  /** `pending`, as it was then, is in the database. */
  markSaved(book: CallBook): void;
  /** What is pending is left to a later process's run, and so is what follows. */
  deferPending(): void;
  /** The books that processes have left behind; `forget` is called once a book is in the database. */
  readLeftovers(): readonly (CallBook & { forget(): void })[];
  /** Removes this process's own file, unless something is pending. */
  close(): void;
};
