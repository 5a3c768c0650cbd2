import type { Session } from '../db/pool.ts';
import type { Cache } from '../lib/cache.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { DashboardTools } from './dashboard/tools.ts';
import type { Count } from './list/count.ts';
import type { ListingColumn } from './routes/listings/column.ts';
import type { ServeSettings } from '../model/serve-settings.ts';
import type { StaleLimits } from '../report/stale-items.ts';
import type { StatusReport } from '../report/status-report.ts';

/** What every route may use. Nothing of it writes. */
export type ServeTools = {
  /** Its statements end after `STATEMENT_LIMIT_MS`, and its transactions are read-only. */
  readonly database: Session;
  readonly settings: ServeSettings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  /** Milliseconds without a complete read of the feed after which it is stale (ALERT_MAX_AGE). */
  readonly maxAge: number;
  /** All configured sources, each with the milliseconds between two of its runs. */
  readonly sources: StaleLimits['sources'];
  /** Signs cursors. */
  readonly cursorSecret: Buffer;
  /** The numbers of rows of lists. */
  readonly counts: Cache<Count | undefined>;
  /**
   * The state of the tool, at most five seconds old.
   * @throws UnavailableError if the database does not answer.
   */
  readonly readStatus: () => Promise<StatusReport>;
  /** The last state that was read, however old; undefined: none was. */
  readonly lastStatus: () => StatusReport | undefined;
  /**
   * Milliseconds since the epoch: when all tables of the feed were last proven to be in step with it; null: never. At most five
   * seconds old, and read without counting rows.
   */
  readonly readLastUpdate: () => Promise<number | null>;
  /** The columns of listings that are served. @throws ConfigError if SERVE_LISTING_COLUMNS has one that cannot be. */
  readonly readListingColumns: () => Promise<readonly ListingColumn[]>;
  readonly dashboard: DashboardTools;
};
