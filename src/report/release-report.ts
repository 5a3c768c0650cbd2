import type { ImportState } from '../record/import.ts';

/** The state of a source that publishes releases, as `status --json` prints it. Times are ISO 8601. */
export type ReleaseReport = {
  readonly source: string;
  /** Null: no release is published. */
  readonly published: {
    /** The id of its import, as `releases` shows it. */
    readonly id: number;
    readonly at: string;
    readonly ageSeconds: number;
    readonly years: readonly number[];
    readonly tables: readonly { readonly table: string; readonly rows: number }[];
    /** Lines of its files. */
    readonly lines: number;
    /** Lines that could not be rows, and were not replayed. */
    readonly rejects: number;
  } | null;
  /** The newest import after the published one, if there is one: running, interrupted, refused or rolled back. */
  readonly newer: {
    readonly id: number;
    readonly state: ImportState;
    readonly startedAt: string;
    readonly message: string | null;
    /** Lines that are stored so far. */
    readonly lines: number;
  } | null;
  /** When the publisher was last asked; null: never. */
  readonly checkedAt: string | null;
  /** When `sync` asks again; null: with its next run. */
  readonly dueAt: string | null;
};
