import { resolve } from 'node:path';
import { MINUTE_MS } from '../lib/time.ts';
import type { CommonValues } from './variables.ts';

/** How media files are downloaded. */
export type MediaSettings = {
  /** Whether `sync` ends with a bounded download. */
  readonly isOn: boolean;
  /** An absolute path, or `s3://bucket/prefix`. */
  readonly store: string | undefined;
  /** Files that are downloaded at the same time, at most. */
  readonly parallel: number;
  /** Requests a minute, at most; the server's own limit counts if it is lower. */
  readonly minuteLimit: number;
  readonly maxBytes: number;
  /** How long the download at the end of a `sync` takes, in milliseconds. */
  readonly passMs: number;
  /** Milliseconds after which the file of a media record that is gone is removed. */
  readonly keepDeletedMs: number;
  /** What marks a file as changed: a change of its listing's photos, or of its media record. */
  readonly changedBy: 'listing' | 'media';
  /** The largest share of files or rows that a sweep changes. */
  readonly sweepMaxPercent: number;
  /** Widths of the smaller versions, in pixels. */
  readonly sizes: readonly number[];
};

export function buildMediaSettings(env: CommonValues, folder: string): MediaSettings {
  const { MEDIA_STORE: store } = env;
  return {
    isOn: env.MEDIA_FILES === 'on',
    store: store === undefined || isBucket(store) ? store : resolve(folder, store),
    parallel: env.MEDIA_PARALLEL,
    minuteLimit: env.MEDIA_MINUTE_LIMIT,
    maxBytes: env.MEDIA_MAX_SIZE,
    passMs: env.MEDIA_PASS_MINUTES * MINUTE_MS,
    keepDeletedMs: env.MEDIA_KEEP_DELETED,
    changedBy: env.MEDIA_CHANGED_BY,
    sweepMaxPercent: env.MEDIA_SWEEP_MAX_PERCENT,
    sizes: (env.MEDIA_SIZES ?? []).toSorted((a, b) => a - b),
  };
}

export function findMediaProblems(env: Partial<CommonValues>): string[] {
  return env.MEDIA_FILES === 'on' && env.MEDIA_STORE === undefined
    ? ['MEDIA_FILES is "on" while MEDIA_STORE is not set: set the folder or the bucket for the files']
    : [];
}

function isBucket(store: string): boolean {
  return /^s3:\/\//i.test(store);
}
