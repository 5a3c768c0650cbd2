import type { LockedConnection } from '../db/locked-connection.ts';
import type { Database, DatabaseTools } from '../db/pool.ts';
import type { PayloadWriter } from '../load/payloads.ts';
import type { Recall } from '../lib/recall.ts';
import type { Source } from '../sources/source.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Capacity } from '../model/capacity.ts';
import type { ChildStrategy } from '../model/child-strategy.ts';
import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import type { Mode } from '../model/mode.ts';
import type { Retention } from '../model/retention.ts';
import type { Meter } from '../model/usage.ts';
import type { Progress } from '../model/progress.ts';
import type { Watermark } from '../record/watermark.ts';
import type { ExpansionControl } from './expansion/create-expansion.ts';
import type { Tally } from './tally.ts';

/** The dependencies of a run; context.ts builds them. */
export type RunTools = {
  readonly database: Database;
  readonly source: Source;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly progress: Progress;
  /** Aborted with an InterruptedError to stop the run after the current page. */
  readonly signal: AbortSignal;
  /** Acquires the lock of this host. @throws BusyError */
  readonly acquireLock: () => Promise<() => Promise<void>>;
  readonly setRun: (id: number) => void;
  readonly meter: Meter;
  /** Facts about the server and its tables that runs of this process share: each is checked again after a minute. */
  readonly recall: Recall;
  /** All datasets of the source, configured or not. */
  readonly catalogue: readonly Dataset[];
  /** Whether the user's own columns changed since this process started. */
  readonly hasNewFields: () => boolean;
  /** Removes secrets from a message before it is stored. */
  readonly clean: (text: string) => string;
  /** Reads the free disk space and memory of this machine. */
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
    /** Milliseconds until a stored schema of the feed is read again. */
    readonly schemaAge: number;
    /** The user's own filters, by dataset. */
    readonly filters: Readonly<Record<string, string | undefined>>;
    /** How child records are requested. */
    readonly childStrategy: ChildStrategy;
    /** Free bytes below which a run stops. */
    readonly minFree: { readonly disk: number; readonly memory: number };
    readonly retention: Retention;
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
  /** Whether a first load reads active listings first. */
  readonly activeFirst?: boolean;
  readonly strategy?: 'keyset' | 'replication';
};

/** A run that holds its locks and has a row in etl_sync_log. */
export type ActiveRun = {
  readonly id: number;
  readonly tools: RunTools;
  readonly options: RunOptions;
  /** Holds the database's lock; every write but those of `payloadWriter` goes through it. */
  readonly connection: LockedConnection;
  /** Writes payloads of new rows; see payload-writer.ts. */
  readonly payloadWriter: PayloadWriter;
  /** Maximum bytes of a statement. */
  readonly maxBytes: number;
  /** Whether the tables exist; only a dry run continues without them. */
  readonly hasTables: boolean;
  tally: Tally;
  /** Whether a commit lost its answer, and nothing shows yet whether it succeeded: then the tally may lack its counts. */
  hasUnknownCommit?: boolean;
  /** Requests child records with their listings; undefined until listings are read, and if it is not to be done. */
  expansion?: ExpansionControl | undefined;
  /** Child datasets that this run read as a whole with their listings. */
  readonly expandedWhole: Set<string>;
  /** By dataset; see fence.ts. */
  readonly watermarks: Map<string, Watermark>;
};

/** Whether this dataset has reached `--max-pages`. */
export function reachedMaxPages({ options, tally }: ActiveRun, dataset: Dataset): boolean {
  return options.maxPages !== undefined && (tally[dataset.name]?.pages ?? 0) >= options.maxPages;
}

/** Shows the progress of a dataset on the terminal. */
export function showProgress(
  { tally, tools }: ActiveRun,
  dataset: Pick<Dataset, 'name'>,
  expected?: number,
): void {
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

/** The part of a run's tools that the helpers in db/ need. */
export function databaseToolsOf({ clock, random, log, signal }: RunTools): DatabaseTools {
  return { clock, random, log: log.database, signal };
}
