/** The progress of a dataset. */
export type ProgressCounts = {
  readonly processed: number;
  readonly pages: number;
  readonly calls: number;
  /** Requests left this hour, if known. */
  readonly left: number | undefined;
  /** Total records, if known. */
  readonly expected: number | undefined;
};

/** Shows the progress of a run on a terminal. */
export type Progress = {
  show(resource: string, shown: ProgressCounts): void;
  /** Shows how far a download is, in bytes. `total` is undefined if it is not known. */
  showBytes(name: string, got: number, total: number | undefined): void;
  /** Shows a line. @param name of what it is about. */
  showText(name: string, line: string): void;
  /** Prints a line that stays. */
  report(line: string): void;
  end(): void;
};
