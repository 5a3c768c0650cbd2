import type { Cursor } from './cursor.ts';

/** A record's JSON as sent: its text, or its bytes with the offsets of its members. */
export type RawRecord = string | ScannedRecord;

/** A complete JSON object in UTF-8. */
export type ScannedRecord = {
  readonly bytes: Buffer;
  /** The members that were located: `membersOf` a dataset. */
  readonly names: readonly string[];
  /** See transform/scan/scan-json.ts. */
  readonly offsets: Int32Array;
};

/** The content of one answer of the source. */
export type Page = {
  readonly records: readonly RawRecord[];
  /** Indexes of the records whose bytes were not UTF-8. */
  readonly damaged: ReadonlySet<number>;
  /** The cursor after this page's last record; undefined if the page does not move the cursor. */
  readonly cursor: Cursor | undefined;
  /** Total records that match the query, if the source was asked and sent a count. */
  readonly count?: number;
  /** Records that the count includes and that this read has not returned before; undefined if all. */
  readonly newCount?: number;
  /** For records without their own timestamp: by parent, the version of the parent when they were requested. */
  readonly versions?: ReadonlyMap<string, string>;
  /** Frees the memory of the records, which nothing may use afterwards. */
  readonly release?: () => void;
};
