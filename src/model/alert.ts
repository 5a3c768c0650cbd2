import type { SchemaChange } from '../dataset/feed-schema.ts';
import type { Capacity } from './capacity.ts';
import type { Mode } from './mode.ts';

/** Whom an alert goes to, and from what on it is one. */
export type AlertSettings = {
  readonly email:
    | { readonly to: readonly string[]; readonly from: string; readonly smtpUrl: string }
    | undefined;
  readonly webhook: { readonly url: string; readonly format: 'json' | 'slack' } | undefined;
  /** Milliseconds before an alert of the same kind is sent again. */
  readonly repeat: number;
  /** Share of the hour's quota that must be left. */
  readonly quotaPercent: number;
  /** Share of a run's records that may be rejected. */
  readonly rejectPercent: number;
  /** Share of a run's records in which a field may be cut or left NULL. */
  readonly fieldPercent: number;
  /** Milliseconds since the feed was last proven fresh. */
  readonly maxAge: number;
  /** Bytes that must be free. */
  readonly diskFree: number;
};

/** What an alert can be about; each is rate-limited for itself. */
export type AlertKind =
  | 'failed'
  | 'credentials'
  | 'quota'
  | 'rejects'
  | 'fields'
  | 'disk'
  | 'stale'
  | 'schema'
  | 'lost';

/** How things stand when a run has ended: what alerts are decided by. Undefined is: not known. */
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
  /** Resources that were not taken although earlier runs loaded them. */
  readonly lost: readonly string[] | undefined;
  readonly hourQuota: { readonly limit: number; readonly left: number } | undefined;
  readonly disks: Capacity['disks'];
  /** Milliseconds since the tables were last proven to be in step with the feed; null: never. */
  readonly age: number | null | undefined;
  /** How the feed's own schema changed lately. */
  readonly schema: SchemaChange | undefined;
};
