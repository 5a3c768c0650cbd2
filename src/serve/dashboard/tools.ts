import type { ItemReport } from '../../report/item-report.ts';
import type { Overview } from '../../report/overview.ts';
import type { RecordReport } from '../../report/record-report.ts';

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
  /** The folder of media files; undefined if they are in a bucket, or not downloaded. */
  readonly mediaFolder: string | undefined;
};
