/**
 * The nouns that all stages share. A run takes pages from a source, turns them into rows,
 * and commits rows and watermark together.
 */

import type { Addition } from './model/additions.ts';
import type { SchemaChange } from './model/feed-schema.ts';
import type { FieldIssue } from './model/field-issue.ts';

/** Characters that a key may have: every key column is a VARCHAR of this length. */
export const LONGEST_KEY = 255;

/** What a field holds; each kind has one SQL type (sql/) and one conversion (transform/values.ts). */
export type FieldType =
  | { readonly kind: 'key' }
  | { readonly kind: 'string'; readonly length: number }
  | { readonly kind: 'text' }
  | { readonly kind: 'longtext' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'bigint' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'date' }
  | { readonly kind: 'timestamp' };

/** One field of a resource: its name in the feed, its column here. */
export type Field = {
  readonly name: string;
  readonly column: string;
  readonly type: FieldType;
  /** The table beside the resource's own one that holds the column; undefined: its own one does. */
  readonly table?: string;
};

/** What a Property, a Media … is. Data only: the zod schema, the SQL and the `$select` all come from this. */
export type Resource = {
  /** The entity set's name in the service, `Property`. */
  readonly name: string;
  readonly table: string;
  /** 1:1 with `table`: the record as the feed sent it. */
  readonly rawTable: string;
  /** Field that identifies a record. */
  readonly key: string;
  /** Timestamp field that pages are ordered by, and that the watermark holds. */
  readonly cursor: string;
  /** Timestamp field that tells an older version of a record from a newer one. */
  readonly version: string;
  /** Fields that differ without the record having changed: left out of the content hash. */
  readonly volatile: readonly string[];
  /** Index fields that can move without the version: a census compares them too. */
  readonly photos?: { readonly changed: string; readonly count: string };
  /** Set where records belong to a record of another resource, and are fetched and replaced as its set. */
  readonly parent?: {
    readonly resource: string;
    readonly field: string;
    /** What of the parent tells that its set has to be fetched anew. */
    readonly moves: 'photos' | 'version';
    /** The columns of the parent's row that tell what its set was fetched for begin with it: `media_fetched_for`. */
    readonly marks: 'media' | 'custom';
  };
  /**
   * Set where records have no time of their own: `cursor` and `version` then name a field that the feed does not have and
   * is never asked for; it holds the parent's version that the record was fetched for.
   */
  readonly isTimeless?: true;
  /** Timestamp field after whose time a record is expected to vanish from the feed. */
  readonly ends?: string;
  /** An OData filter: the records that a site shows first. */
  readonly usable?: string;
  /** Beside key, times and parent: fields without which a row would mislead. */
  readonly essential?: readonly string[];
  /** STRICT_FIELDS=on: any field that cannot be stored exactly costs the record. */
  readonly isStrict?: true;
  /** Fields whose changes are kept with HISTORY=on. */
  readonly watched?: readonly string[];
  /** Fields asked for; all that the feed has where undefined. */
  readonly select?: readonly string[];
  readonly fields: readonly Field[];
  /** Of the fields, those that the user added. */
  readonly added?: Readonly<Record<string, Addition>>;
};

export type { FeedField, FeedSchema, FeedSet, SchemaChange } from './model/feed-schema.ts';

/** A place in a feed, in the source's own text: `2026-03-19T22:06:45.773-00:00`. Without a key: the whole instant is still to come. */
export type Cursor = { readonly timestamp: string; readonly key?: string };

/** A record's JSON as it was sent: its text, or its bytes where it is known already where they have what. */
export type Sent = string | Scanned;

/** A JSON object, whole and UTF-8. */
export type Scanned = {
  readonly bytes: Buffer;
  /** What was looked for: `membersOf` a resource. */
  readonly names: readonly string[];
  /** See lib/scan-json.ts. */
  readonly places: Int32Array;
};

/** What one answer of the source held. */
export type Page = {
  readonly records: readonly Sent[];
  /** Places in `records` of those whose bytes were no UTF-8. */
  readonly damaged: ReadonlySet<number>;
  /** The place after this page's last record; undefined where the page does not move the cursor. */
  readonly cursor: Cursor | undefined;
  /** Records the query matches in all, where the source was asked and said so. */
  readonly count?: number;
  /** Of records without a time of their own: by parent, the version that they were asked for. */
  readonly versions?: ReadonlyMap<string, string>;
};

/** A record that fits its table. */
export type Row = {
  readonly key: string;
  /** `YYYY-MM-DD hh:mm:ss.mmm` UTC: sorts as text. */
  readonly version: string;
  readonly hash: string;
  /** One value a field, in the order of `Resource.fields`: text or null, ready to bind. */
  readonly values: readonly (string | null)[];
  /** As it was sent; bytes are UTF-8. */
  readonly payload: string | Buffer;
  /** The fields that do not hold exactly what was sent. */
  readonly issues: readonly FieldIssue[];
};

/** A record that can't be a row, with every reason. */
export type Reject = {
  /** The record's key, or `no-key:<hash>` where it has none that can be used. */
  readonly key: string;
  /** The record that it belongs to, where that can be told. */
  readonly parent: string | null;
  readonly version: string | null;
  readonly raw: string;
  readonly reasons: readonly Reason[];
};

export type Reason = { readonly field: string; readonly rule: string; readonly value: string };

/** What became of a number of records. `processed` is the sum of the other five. */
export type Counts = {
  processed: number;
  inserted: number;
  updated: number;
  unchanged: number;
  rejected: number;
  /** Skipped: an older version than the one stored, or than its twin in the same page. */
  older: number;
  /** Rows that went because their set no longer has them; no part of `processed`. */
  deleted: number;
  /** Fields of the processed rows that do not hold exactly what was sent; no part of `processed`. */
  fieldIssues: number;
  /** Of these rows, those with a field that was cut or left NULL. */
  altered: number;
};

export type Mode = 'sync' | 'full-load' | 'reconcile' | 'undelete' | 'replay' | 'fields' | 'repair';

export type { Log, Logger } from './model/log.ts';

/** Where the database is, and how to get in. */
export type DatabaseAddress = {
  readonly host: string;
  readonly port: number;
  readonly socket: string | undefined;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Undefined: no TLS. */
  readonly tls: { readonly ca: string | undefined; readonly checksName: boolean } | undefined;
};

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
export type Facts = {
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
  readonly disks: Room['disks'];
  /** Milliseconds since the tables were last proven to be in step with the feed; null: never. */
  readonly age: number | null | undefined;
  /** How the feed's own schema changed lately. */
  readonly schema: SchemaChange | undefined;
};

/** What this machine has left, in bytes. */
export type Room = {
  readonly disks: readonly { readonly path: string; readonly free: number }[];
  readonly memory: number;
};

/** What a request is for: records; keys or a number alone; a sign-in; a media file. */
export type CallKind = 'data' | 'census' | 'token' | 'file';

/** What was sent in one hour, for one run, resource and kind. Its numbers only ever grow. */
export type CallCount = {
  /** 0: no run. */
  readonly run: number;
  /** Its beginning, in milliseconds since the epoch. */
  readonly hour: number;
  /** Empty for sign-ins. */
  readonly resource: string;
  readonly kind: CallKind;
  readonly calls: number;
  /** Of these, those without a whole answer, or with another status than 200. */
  readonly failed: number;
  /** Of the answers' bodies, unpacked. */
  readonly bytes: number;
  readonly ms: number;
};

/** The calls of one process. */
export type CallBook = { readonly process: string; readonly counts: readonly CallCount[] };

/** Counts the calls of this process, and keeps the counts where a kill does not reach them. */
export type Meter = {
  /** Counts a call that is about to be sent. @returns what is told how it ended. */
  begin(
    kind: CallKind,
    resource: string,
  ): (end: { readonly failed: boolean; readonly bytes: number }) => void;
  /** The run that calls count for from now on; takes `leave` back. */
  setRun(id: number): void;
  /** What has changed since it was last saved; empty once `leave` was called. */
  pending(): CallBook;
  /** `pending`, as it was then, is in the database. */
  saved(book: CallBook): void;
  /** What is pending is left to a later process's run, and so is what follows. */
  leave(): void;
  /** The books that processes have left behind; `forget` is called once a book is in the database. */
  leftovers(): readonly (CallBook & { forget(): void })[];
  /** Removes this process's own file, unless something is pending. */
  close(): void;
};

export type { Clock } from './model/clock.ts';
