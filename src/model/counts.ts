/** Counts of records by outcome. `processed` is the sum of the five that follow. */
export type Counts = {
  processed: number;
  inserted: number;
  updated: number;
  unchanged: number;
  rejected: number;
  /** Skipped: older than the stored version, or than another record of the same key in the page. */
  older: number;
  /** Rows deleted because they are no longer in their set; not part of `processed`. */
  deleted: number;
  /** Fields whose column does not hold exactly what was sent; not part of `processed`. */
  fieldIssues: number;
  /** Rows with a field that was cut or left NULL. */
  altered: number;
};
