import type { QuotaLeft } from '../../sources/source.ts';
import type { SchemaChange } from '../../dataset/feed-schema.ts';
import type { LoggedRun } from '../../record/run-log.ts';

/** How the tables and the runs are, as `status --json` prints it. */
export type StatusReport = {
  readonly at: string;
  readonly database: string;
  readonly runs: readonly (Omit<LoggedRun, 'detail'> & { readonly detail: unknown })[];
  readonly resources: readonly {
    readonly resource: string;
    /** The source's own text. */
    readonly watermark: string | null;
    /** Seconds since the feed's end was last reached. */
    readonly ageSeconds: number | null;
    readonly fullLoadAt: string | null;
    /** ISO 8601: when the active listings were loaded. */
    readonly activeSince: string | null;
    /** The former name of `activeSince`. */
    readonly usableSince: string | null;
    /** Why the last run did not take it: it is not licensed. */
    readonly skipped?: string;
    /** Why photos that change without their listing are not looked for: the feed's words. */
    readonly photosRefused?: string;
    readonly rows: number;
    readonly quarantined: number;
    /** Fields of stored records that do not hold exactly what was sent. */
    readonly fieldIssues: number;
    /** Listings whose media are to be fetched. */
    readonly due?: number;
  }[];
  /** Seconds since all resources were last proven to be in step with the feed; null: not yet. */
  readonly ageSeconds: number | null;
  /** Seconds since a reconcile last looked for deletions. */
  readonly reconciledSeconds: number | null;
  readonly quota: QuotaLeft | null;
  /** Added columns that are not filled to the end, each with the last key that is. */
  readonly filling?: readonly {
    readonly resource: string;
    readonly field: string;
    readonly filledTo: string | null;
  }[];
  /** How the feed's own schema changed, in the two weeks after. */
  readonly schema: (Omit<SchemaChange, 'at'> & { readonly at: string }) | null;
};
