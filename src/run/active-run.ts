import type { LockedConnection } from '../db/locked-connection.ts';
import type { Database, DatabaseTools } from '../db/pool.ts';
import type { Source } from '../sources/source.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Capacity } from '../model/capacity.ts';
import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import type { Mode } from '../model/mode.ts';
import type { Meter } from '../model/usage.ts';
import type { Progress } from '../model/progress.ts';
import type { Watermark } from '../record/watermark.ts';
import type { Tally } from './tally.ts';

/** What a run works with; built in context.ts. */
export type RunTools = {
  readonly database: Database;
  readonly source: Source;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly progress: Progress;
  /** Aborted with an InterruptedError when the run is to end after the page in hand. */
  readonly signal: AbortSignal;
  /** Takes the lock of this host. @throws BusyError */
  readonly acquireLock: () => Promise<() => Promise<void>>;
  readonly setRun: (id: number) => void;
  readonly meter: Meter;
  /** All datasets that the source can have. */
  readonly catalogue: readonly Dataset[];
  /** Whether the user's own columns are others than when this process began. */
  readonly hasNewFields: () => boolean;
  /** Takes secrets out of a message that is to be kept. */
  readonly clean: (text: string) => string;
  /** What this machine has left now. */
  readonly readCapacity: () => Capacity;
  readonly host: string;
  readonly version: string;
  readonly settings: {
    readonly batchSize: number;
    readonly keepPayload: boolean;
    readonly keepHistory: boolean;
    readonly pageSize: number;
    /** Milliseconds. */
    readonly overlap: number;
    /** Milliseconds for which what is known of the feed's own schema is good. */
    readonly schemaAge: number;
    /** The user's own filters, by resource. */
    readonly filters: Readonly<Record<string, string | undefined>>;
    /** Bytes below which a run ends. */
    readonly minFree: { readonly disk: number; readonly memory: number };
  };
};

export type RunOptions = {
  readonly mode: Mode;
  /** Parents before their children. */
  readonly resources: readonly Dataset[];
  readonly since?: string | undefined;
  readonly dryRun: boolean;
  readonly maxPages?: number | undefined;
  readonly restart?: boolean;
  /** Before a first load, what a site shows first. */
  readonly activeFirst?: boolean;
  readonly strategy?: 'keyset' | 'replication';
};

/** A run that holds its locks and has its row in etl_sync_log. */
export type ActiveRun = {
  readonly id: number;
  readonly tools: RunTools;
  readonly options: RunOptions;
  /** Holds the database's lock: everything is written through it. */
  readonly connection: LockedConnection;
  /** Bytes that a statement may have. */
  readonly maxBytes: number;
  /** Whether the tables are there; only a dry run goes on without. */
  readonly hasTables: boolean;
  tally: Tally;
  /** By resource; see fenced.ts. */
  readonly watermarks: Map<string, Watermark>;
};

/** Whether `--max-pages` is reached for this resource. */
export function reachedMaxPages({ options, tally }: ActiveRun, dataset: Dataset): boolean {
  return options.maxPages !== undefined && (tally[dataset.name]?.pages ?? 0) >= options.maxPages;
}

/** Tells a person at the terminal how far a resource has come. */
export function showProgress({ tally, tools }: ActiveRun, dataset: Dataset, expected?: number): void {
  const { processed, pages } = tally[dataset.name] ?? { processed: 0, pages: 0 };
  const { source } = tools;
  tools.progress.show(dataset.name, {
    processed,
    pages,
    calls: source.requests(),
    left: source.quota?.()?.hour.left,
    expected,
  });
}

/** What the database's own helpers need of a run's tools. */
export function databaseToolsOf({ clock, random, log, signal }: RunTools): DatabaseTools {
  return { clock, random, log: log.database, signal };
}
