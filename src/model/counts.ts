/** What became of a number of records. `processed` is the sum of the other five. */
export type Counts = {
  processed: number;
  inserted: number;
  updated: number;
  unchanged: number;
  rejected: number;
  /** Skipped: an older version than the one stored, or than its twin in the same page. */
  older: number;
  /** Rows that went because their set no longer has them; no part of `processed`. */
  deleted: number;
  /** Fields of the processed rows that do not hold exactly what was sent; no part of `processed`. */
  fieldIssues: number;
  /** Of these rows, those with a field that was cut or left NULL. */
  altered: number;
};
