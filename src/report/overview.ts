import type { Reason } from '../model/row.ts';
import type { DayCounts } from '../record/run-history.ts';
import type { LagPoint } from './derive-lag.ts';
import type { SourceReport } from './source-report.ts';
import type { StatusReport } from './status-report.ts';

/** What the dashboard shows: the state, and how it became so. JSON, so that it can be kept in a file. */
export type Overview = {
  readonly status: StatusReport;
  /** The id of the feed; null if none is configured. */
  readonly feed: string | null;
  readonly hasTables: boolean;
  /** All sources, the feed too. */
  readonly sources: readonly SourceReport[];
  /** How far the tables were behind the feed, in the last seven days. */
  readonly lag: readonly LagPoint[];
  /** When the last runs that read new records of the feed started, in milliseconds and in order. */
  readonly syncStarts: readonly number[];
  /** Of the last 14 days. */
  readonly days: readonly DayCounts[];
  /** The last count of keys on both sides, of each dataset that was counted. */
  readonly parity: readonly ParityCount[];
  /** Requests to the feed in the last 48 hours; hours without a request are missing. */
  readonly hours: readonly { readonly hour: number; readonly calls: number }[];
  /** Runs of all sources that failed in the last 24 hours. */
  readonly failedRuns: number;
  /** The last records that were put in quarantine. */
  readonly quarantined: readonly QuarantinedRecord[];
};

export type QuarantinedRecord = {
  readonly resource: string;
  readonly key: string;
  readonly reasons: readonly Reason[];
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
  readonly lastSeen: string;
};

/** Rows that are stored, and records that the feed has, when a reconcile or `verify` counted them. */
export type ParityCount = {
  readonly resource: string;
  readonly here: number;
  readonly upstream: number;
  /** Milliseconds. */
  readonly at: number;
  /** Records that differ, if `verify` counted them. */
  readonly differing?: number;
};
