import type { Cursor } from './cursor.ts';

/** A record's JSON as it was sent: its text, or its bytes where it is known already where they have what. */
export type RawRecord = string | ScannedRecord;

/** A JSON object, whole and UTF-8. */
export type ScannedRecord = {
  readonly bytes: Buffer;
  /** What was looked for: `membersOf` a resource. */
  readonly names: readonly string[];
  /** See transform/scan/scan-json.ts. */
  readonly offsets: Int32Array;
};

/** What one answer of the source held. */
export type Page = {
  readonly records: readonly RawRecord[];
  /** Places in `records` of those whose bytes were no UTF-8. */
  readonly damaged: ReadonlySet<number>;
  /** The place after this page's last record; undefined where the page does not move the cursor. */
  readonly cursor: Cursor | undefined;
  /** Records the query matches in all, where the source was asked and said so. */
  readonly count?: number;
  /** Of the records, those that the count includes and that this read has not sent before; undefined: all of them. */
  readonly newCount?: number;
  /** Of records without a time of their own: by parent, the version that they were asked for. */
  readonly versions?: ReadonlyMap<string, string>;
};
