import type { FieldIssue } from './field-issue.ts';

/** A record that fits its table. */
export type Row = {
  readonly key: string;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC: sorts as text. Null if the dataset has no version. */
  readonly version: string | null;
  readonly hash: string;
  /** One value a field, in the order of `Resource.fields`: text or null, ready to bind. */
  readonly values: readonly (string | null)[];
  /** As it was sent; bytes are UTF-8. */
  readonly payload: string | Buffer;
  /** The fields that do not hold exactly what was sent. */
  readonly issues: readonly FieldIssue[];
};

/** A record that can't be a row, with every reason. */
export type Reject = {
  /** The record's key, or `no-key:<hash>` where it has none that can be used. */
  readonly key: string;
  /** The record that it belongs to, where that can be told. */
  readonly parent: string | null;
  readonly version: string | null;
  readonly raw: string;
  readonly reasons: readonly Reason[];
};

export type Reason = { readonly field: string; readonly rule: string; readonly value: string };
