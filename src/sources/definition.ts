import type { Additions } from '../dataset/addition.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { FileAccess } from '../http/file-access.ts';
import type { ProxySettings } from '../http/proxy.ts';
import type { ChildStrategy } from '../model/child-strategy.ts';
import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import type { Meter } from '../model/usage.ts';
import type { Check, CheckTools } from './check.ts';
import type { SettingsDefinition } from './settings.ts';
import type { Source } from './source.ts';

/** What a source is opened with. */
export type SourceTools = {
  /** A folder that only this user can read, for what is stored between runs: tokens, quotas. */
  readonly stateDir: string;
  readonly proxies: ProxySettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Counts each request of this source. */
  readonly meter: Pick<Meter, 'begin'>;
  /** Keeps a secret that was received, such as a token, out of logs and messages. */
  readonly onSecret: (secret: string) => void;
  /** A user is waiting: each request is sent once, without waiting for a quota. */
  readonly isInteractive: boolean;
  /** Shows how far downloads are. */
  readonly onProgress?: (name: string, got: number, total: number | undefined) => void;
  /** Free bytes on a disk, by a path on it; undefined if it is not known. */
  readonly freeBytes?: (path: string) => number | undefined;
  /** Bytes that stay free on every disk. */
  readonly minFreeBytes?: number;
  /** Records a batch at most, for a source that can limit them; its own setting unless set. */
  readonly maxRecords?: number;
};

/** How the user wants datasets stored. */
export type Storage = {
  /** The user's own columns. */
  readonly additions: Additions;
  /** Whether the whole record is stored beside its columns. */
  readonly keepPayload: boolean;
};

/** What the size of a run depends on. */
export type ReadingSettings = {
  /** Records a request. */
  readonly pageSize: number;
  /** What narrows a dataset, by its name: records outside of it are not read. */
  readonly filters: Readonly<Record<string, string | undefined>>;
  /** How child records are requested. */
  readonly childStrategy: ChildStrategy;
  /** Percentage of the quota that a run leaves. */
  readonly reservePercent: number;
  /** Milliseconds that a run waits for the quota. */
  readonly maxWait: number;
};

/** A kind of source: one folder, and one line in the registry. */
export type SourceDefinition<Settings = unknown> = {
  /** Its name in commands, tables and logs. */
  readonly id: string;
  /** Its own variables, and the settings that they become; an empty object unless set. */
  readonly settings?: SettingsDefinition<Settings>;
  /** Milliseconds between two runs that `sync` starts; unset: it is read by every `sync`. */
  readonly every?: number;
  /** Its entry in sources.yaml, with references to variables instead of their values; unset: it has none. */
  readonly entry?: Readonly<Record<string, unknown>>;
  /** Names of the files that it keeps in `stateDir`. */
  readonly stateFiles?: readonly string[];
  /** All datasets that it can have, parents before their children. Names are unique across sources. */
  readonly catalogue: readonly Dataset[];
  /** Those that are configured, with the user's own columns, in the order in which a run takes them. */
  datasets(settings: Settings, storage: Storage): readonly Dataset[];
  /** Unless set: pages of 1000, no filters, and no quota that is waited for. */
  reading?(settings: Settings): ReadingSettings;
  /** Requests nothing yet, and does not load the code that reads: every command opens the sources, `status` too. */
  open(settings: Settings, tools: SourceTools): Source;
  /** The files that records of one of its datasets name by an address. */
  readonly files?: {
    /** The dataset's name. */
    readonly dataset: string;
    open(settings: Settings, tools: Pick<SourceTools, 'stateDir' | 'onSecret'>): Promise<FileAccess>;
  };
  /**
   * What `doctor` examines of it; without these it reads the first batch of each dataset. They are listed for a wrong
   * configuration too: then there are no datasets, and only checks may run that do not need `configuration`.
   */
  checks?(datasets: readonly Dataset[], tools: () => CheckTools<Settings>): readonly Check[];
};
