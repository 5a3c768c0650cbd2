import type { Counts } from '../model/counts.ts';

/** What a run did with one dataset. */
export type ResourceDetail = Counts & {
  pages: number;
  watermarkBefore: string | null;
  watermarkAfter: string | null;
  /** Listings whose media were fetched as a set, and how many of those had an implausible empty response. */
  sets?: number;
  unproven?: number;
  /** Sets, of `sets`, that came with their listings. */
  expanded?: number;
  /** Why the run stopped requesting child records with their listings: the feed failed, or it would have cost more requests. */
  expansionFailed?: string;
  expansionEnded?: string;
  /** Listings whose child records were refused by the feed, or by something in front of it, although others were sent. */
  refused?: number;
  /** Records that the read has not reached, by the source's own count when it started. */
  remaining?: number;
  /** Fields that were not requested because the licence lacks them. */
  leftOut?: readonly string[];
  /** Why the dataset was skipped. */
  skipped?: string;
  /** The dataset was skipped although earlier runs loaded it. */
  isLost?: true;
  /** The keys of a census, and the rows that are stored after the reconcile. */
  counted?: { readonly upstream: number; readonly here: number };
};

/** The value of `etl_sync_log.detail`: by the dataset's name. */
export type RunDetail = Readonly<Record<string, ResourceDetail>>;

/** Parses `etl_sync_log.detail`. @returns null if there is none, or if it is damaged. */
export function parseRunDetail(stored: string | null): RunDetail | null {
  try {
    const detail: unknown = JSON.parse(stored ?? 'null');
    return isObject(detail) && Object.values(detail).every(isObject) ? (detail as RunDetail) : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
