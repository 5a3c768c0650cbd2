/** How far a resource has come. */
export type ProgressCounts = {
  readonly processed: number;
  readonly pages: number;
  readonly calls: number;
  /** Requests left this hour, where the feed told. */
  readonly left: number | undefined;
  /** Records in all, where the feed told. */
  readonly expected: number | undefined;
};

/** What a person at a terminal sees while a run goes on. */
export type Progress = {
  show(resource: string, shown: ProgressCounts): void;
  /** One line that stays. */
  report(line: string): void;
  end(): void;
};
