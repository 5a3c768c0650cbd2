import type { Dataset } from '../../dataset/dataset.ts';
import type { MediaFetcher } from '../../media/fetcher.ts';
import type { MediaStore } from '../../media/store.ts';
import type { ChangedBy } from '../../record/media-change.ts';
import type { Source } from '../../sources/source.ts';
import type { ActiveRun } from '../active-run.ts';

/** What a download needs beside the tools of every run. */
export type MediaTools = {
  readonly store: MediaStore;
  readonly fetcher: MediaFetcher;
  /** The feed that the media records come from. */
  readonly feed: Source;
  /** The dataset of the media records. */
  readonly dataset: Dataset;
  readonly settings: {
    /** Files that are fetched at the same time, at most. */
    readonly parallel: number;
    readonly changedBy: ChangedBy;
    readonly keepDeletedMs: number;
    /** Widths of the smaller versions, in pixels; none: they are not made. */
    readonly sizes: readonly number[];
  };
};

/** What limits a download. */
export type PassOptions = {
  readonly dryRun: boolean;
  /** Only the files of this listing, also those that are paused. */
  readonly listing?: string | undefined;
  readonly maxFiles?: number | undefined;
  readonly maxMs?: number | undefined;
};

export type PassCounts = {
  /** Files that were not stored before. */
  readonly added: number;
  /** Files that replaced an earlier one. */
  readonly replaced: number;
  /** Files that were requested and had not changed. */
  readonly unchanged: number;
  readonly failed: number;
  /** Files of media that are gone. */
  readonly removed: number;
  /** Of the stored files. */
  readonly bytes: number;
};

export const NO_COUNTS: PassCounts = {
  added: 0,
  replaced: 0,
  unchanged: 0,
  failed: 0,
  removed: 0,
  bytes: 0,
};

/** A download in progress. */
export type Pass = {
  readonly active: ActiveRun;
  readonly media: MediaTools;
  readonly options: PassOptions;
  /** On this machine's clock. */
  readonly startedAt: number;
  /** Files that are fetched at the same time now. */
  parallel: number;
  /** Whether most addresses have expired: then they are renewed before files are requested. */
  isExpired: boolean;
  /** Newly signed addresses by media key, the newest last; not necessarily in the database yet. */
  readonly addresses: Map<string, string>;
  /** When the addresses of a listing were last renewed, by its key. */
  readonly renewed: Map<string, number>;
  counts: PassCounts;
};

/** For work that a stop signal does not interrupt: what was begun in the store is completed and committed. */
export const NEVER = new AbortController().signal;

/** The row in etl_watermark that fences commits. Its cursor is the time up to which media records were compared. */
export const MEDIA_FILE = { name: 'media_file' } as const;
