import type { FieldIssue } from './field-issue.ts';

/** A record that fits its table. */
export type Row = {
  readonly key: string;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC: sorts as text. Null if the dataset has no version. */
  readonly version: string | null;
  readonly hash: string;
  /** One value per field, in the order of `Dataset.fields`: text or null, ready to bind. */
  readonly values: readonly (string | null)[];
  /** The record as sent; bytes are UTF-8. */
  readonly payload: string | Buffer;
  /** The fields whose column does not hold exactly what was sent. */
  readonly issues: readonly FieldIssue[];
};

/** A record that cannot become a row, with every reason. */
export type Reject = {
  /** The record's key, or `no-key:<hash>` if it has no valid one. */
  readonly key: string;
  /** The key of its parent record, if known. */
  readonly parent: string | null;
  readonly version: string | null;
  readonly raw: string;
  readonly reasons: readonly Reason[];
};

export type Reason = { readonly field: string; readonly rule: string; readonly value: string };
