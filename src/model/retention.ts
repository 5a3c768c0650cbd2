/** How long rows are kept that no one needs to read every day. */
export type Retention = {
  /** Days that runs, counted requests and dropped imports are kept. */
  readonly runDays: number;
  /** Days that deleted rows are kept after their deletion, with its entry in etl_deletion; undefined: forever. */
  readonly deletedDays: number | undefined;
  /** Days that changes of listings are kept; undefined: forever. */
  readonly historyDays: number | undefined;
};
