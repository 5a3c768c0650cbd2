import type { ItemReport } from '../../report/item-report.ts';
import type { Overview } from '../../report/overview.ts';
import type { RunLines, RunTime } from '../../model/run-lines.ts';
import type { RecordReport } from '../../report/record-report.ts';
import type { SourceSettings } from '../../report/source-settings.ts';

/** What the dashboard reads, beside the database itself. */
export type DashboardTools = {
  /**
   * What the first page shows, at most five seconds old.
   * @throws UnavailableError if the database does not answer; ConfigError if the tables are of an older version.
   */
  readonly readOverview: () => Promise<Overview>;
  /** What was read last, by this process or an earlier one; undefined: nothing is known. */
  readonly lastOverview: () => Overview | undefined;
  /** The names of the feed's datasets. */
  readonly resources: readonly string[];
  /** The names of the sources of items. */
  readonly itemSources: readonly string[];
  /** @param resource one of `resources`. */
  readonly readRecord: (resource: string, key: string) => Promise<RecordReport>;
  /** @param source one of `itemSources`. */
  readonly readItem: (source: string, id: string) => Promise<ItemReport>;
  /** How a source is configured, without secrets. @param source the id of a configured source. */
  readonly describeSettings: (source: string) => SourceSettings;
  /** Reads what a run logged on this machine, at most `max` lines; undefined if LOG_DIR cannot be read. */
  readonly readRunLines: (run: RunTime, max: number) => Promise<RunLines | undefined>;
  /** LOG_DIR. */
  readonly logDir: string;
  /** The folder of media files; undefined if they are in a bucket, or not downloaded. */
  readonly mediaFolder: string | undefined;
};
