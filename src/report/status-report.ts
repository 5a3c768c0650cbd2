import type { QuotaLeft } from '../http/quota-left.ts';
import type { SchemaChange } from '../dataset/feed-schema.ts';
import type { RunDetail } from '../record/run-detail.ts';
import type { LoggedRun } from '../record/run-log.ts';
import type { MediaFilesReport } from './media-files-report.ts';
import type { ReleaseReport } from './release-report.ts';
import type { SourceReport } from './source-report.ts';

/** The state of the tables and the runs, as `status --json` prints it. */
export type StatusReport = {
  readonly at: string;
  readonly database: string;
  readonly runs: readonly (Omit<LoggedRun, 'detail'> & { readonly detail: RunDetail | null })[];
  readonly resources: readonly {
    readonly resource: string;
    /** In the source's own format. */
    readonly watermark: string | null;
    /** Seconds since the feed's end was last reached. */
    readonly ageSeconds: number | null;
    readonly fullLoadAt: string | null;
    /** ISO 8601: when the active listings were loaded. */
    readonly activeSince: string | null;
    /** The former name of `activeSince`. */
    readonly usableSince: string | null;
    /** Why the last run skipped it: it is not licensed. */
    readonly skipped?: string;
    /** The feed's message, if it refuses to list photos that change without their listing. */
    readonly photosRefused?: string;
    readonly rows: number;
    readonly quarantined: number;
    /** Fields of stored records that differ from what was sent. */
    readonly fieldIssues: number;
    /** Listings whose media must be fetched. */
    readonly due?: number;
  }[];
  /** Seconds since all resources were last proven to be in step with the feed; null: never. */
  readonly ageSeconds: number | null;
  /** Seconds since a reconcile last looked for deletions. */
  readonly reconciledSeconds: number | null;
  readonly quota: QuotaLeft | null;
  /** Sources that publish releases, such as county files; missing if none is configured. */
  readonly releases?: readonly ReleaseReport[];
  /** Sources whose records become items; missing if none is configured. */
  readonly items?: readonly SourceReport[];
  /** The media files; missing if none are downloaded. */
  readonly mediaFiles?: MediaFilesReport;
  /** Added columns that are not completely filled, each with the last key that is filled. */
  readonly filling?: readonly {
    readonly resource: string;
    readonly field: string;
    readonly filledTo: string | null;
  }[];
  /** The last change of the feed's schema, for two weeks after it. */
  readonly schema: (Omit<SchemaChange, 'at'> & { readonly at: string }) | null;
};
