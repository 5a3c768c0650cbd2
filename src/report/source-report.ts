/** The state of one source, as `sources` and `status --json` print it. Times are ISO 8601. */
export type SourceReport = {
  readonly source: string;
  /** `feed` is the Trestle feed. Null if the entry is wrong. */
  readonly type: 'feed' | 'county' | 'api' | 'csv' | 'rss' | null;
  readonly lastRun: {
    readonly run: number;
    readonly mode: string;
    readonly status: string;
    readonly startedAt: string;
    readonly error: string | null;
  } | null;
  /** When its last complete run started; null: none. */
  readonly succeededAt: string | null;
  /** Everything up to it is stored, in the source's own terms; for the feed, the watermark of its last run. */
  readonly checkpoint: string | null;
  /** Null for sources without items. */
  readonly items: number | null;
  readonly deleted: number | null;
  /** Stored records that cannot be items. */
  readonly unmapped: number | null;
  /** Runs in a row that failed, of all sources with the same server. Null for sources without items. */
  readonly failures: number | null;
  /** When `sync` reads it next. Null: with every sync, or not at all if it is gone. */
  readonly dueAt: string | null;
  /** `removed`: it is not configured any more, and only what is stored is known. */
  readonly state: 'new' | 'ok' | 'failing' | 'paused' | 'gone' | 'wrong' | 'removed';
  readonly pausedUntil: string | null;
  readonly notes: readonly string[];
};
