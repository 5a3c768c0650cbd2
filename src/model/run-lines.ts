/** One line of the logs. */
export type LogLine = {
  /** ISO 8601. */
  readonly time: string;
  readonly level: string;
  /** The log that has it: `etl_main`. */
  readonly log: string;
  readonly message: string;
  /** The other members, as JSON; empty if there are none. */
  readonly rest: string;
};

export type RunLines = {
  /** The last ones, oldest first. */
  readonly lines: readonly LogLine[];
  /** Whether there are more. */
  readonly hasMore: boolean;
};

/** When a run was active, in milliseconds. Another configuration may write the same folder, and count its own runs. */
export type RunTime = { readonly id: number; readonly from: number; readonly to: number };
