import type { SchemaChange } from '../dataset/feed-schema.ts';
import type { Capacity } from './capacity.ts';
import type { Mode } from './mode.ts';

/** The recipients of alerts, and the limits that trigger them. */
export type AlertSettings = {
  readonly email:
    | { readonly to: readonly string[]; readonly from: string; readonly smtpUrl: string }
    | undefined;
  readonly webhook: { readonly url: string; readonly format: 'json' | 'slack' } | undefined;
  /** Milliseconds until an alert of the same kind is sent again. */
  readonly repeat: number;
  /** Minimum share of the hour's quota. */
  readonly quotaPercent: number;
  /** Maximum share of a run's records that may be rejected. */
  readonly rejectPercent: number;
  /** Maximum share of a run's records that may have a field cut or left NULL. */
  readonly fieldPercent: number;
  /** Maximum share of the media files that may have failed. */
  readonly mediaFailedPercent: number;
  /** Maximum milliseconds since the tables were last proven to be in step with the feed. */
  readonly maxAge: number;
  /** Minimum free bytes. */
  readonly diskFree: number;
};

/** The subject of an alert. Each kind is rate-limited separately. */
export type AlertKind =
  | 'failed'
  | 'credentials'
  | 'quota'
  | 'rejects'
  | 'fields'
  | 'disk'
  | 'stale'
  | 'schema'
  | 'lost'
  | 'release'
  | 'source'
  | 'media';

/** The state of a source of items after its run. Times are milliseconds. */
export type ItemsHealth = {
  /** Since its last complete run; null if it has none. */
  readonly age: number | null;
  /** The age after which it is stale. */
  readonly maxAge: number;
  /** Runs in a row that failed, of all sources with the same server. */
  readonly failures: number;
  /** When it is read again, since the epoch; undefined if it is not paused. */
  readonly pausedUntil: number | undefined;
};

/** The state at the end of a run, from which alerts are decided. Undefined values are unknown. */
export type RunReport = {
  readonly mode: Mode;
  readonly run: number | undefined;
  /** `busy`: another run was active, or the quota is spent. */
  readonly ended: 'success' | 'partial' | 'failed' | 'busy' | 'interrupted';
  readonly error:
    | {
        readonly name: string;
        readonly message: string;
        readonly hint: string | undefined;
        readonly exitCode: number;
      }
    | undefined;
  readonly processed: number;
  readonly rejected: number;
  /** Records with a field that was cut or left NULL. */
  readonly altered: number;
  /** Datasets that the run skipped although earlier runs loaded them. */
  readonly lost: readonly string[] | undefined;
  readonly hourQuota: { readonly limit: number; readonly left: number } | undefined;
  readonly disks: Capacity['disks'];
  /** Milliseconds since the tables were last proven to be in step with the feed; null if never. */
  readonly age: number | null | undefined;
  /** The state of the source after its run; undefined if it publishes no releases, or if that is not known. */
  readonly release?:
    | {
        readonly source: string;
        /** The newest import, if its checks refused it. */
        readonly refused: { readonly id: number; readonly message: string } | undefined;
        /** The newest tax year of the published release; undefined if none is published. */
        readonly year: number | undefined;
        /** The tax year that districts have published by now. */
        readonly expectedYear: number;
      }
    | undefined;
  /** The source of items that the run read, and what the user should know about it; undefined if that is not known. */
  readonly items?: {
    readonly source: string;
    readonly problems: readonly string[] | undefined;
    readonly health?: ItemsHealth | undefined;
  };
  /** Files of media records that exist: all, and those that failed. Undefined if none are downloaded. */
  readonly mediaFiles?: { readonly all: number; readonly failed: number } | undefined;
  /** The recent change of the feed's schema. */
  readonly schema: SchemaChange | undefined;
};
