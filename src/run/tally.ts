import type { Counts } from '../model/counts.ts';
import type { ResourceDetail, RunDetail } from '../record/run-detail.ts';
import type { RunState } from '../record/run-log.ts';

/** The counts of a run so far. Immutable, so that a rollback leaves no trace in it. */
export type Tally = RunDetail;

export const zeroCounts: Counts = {
  processed: 0,
  inserted: 0,
  updated: 0,
  unchanged: 0,
  rejected: 0,
  older: 0,
  deleted: 0,
  fieldIssues: 0,
  altered: 0,
};

/** Adds `processed`, the sum of the other counts, to the counts of a page. */
export function countPage(parts: Omit<Counts, 'processed'>): Counts {
  const { inserted, updated, unchanged, rejected, older } = parts;
  return { ...parts, processed: inserted + updated + unchanged + rejected + older };
}

export function addCounts(a: Counts, b: Counts): Counts {
  const names = Object.keys(zeroCounts) as (keyof Counts)[];
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as Counts;
}

const noDetail: ResourceDetail = { ...zeroCounts, pages: 0, watermarkBefore: null, watermarkAfter: null };

/** The tally with another page of a dataset. Values in `more` replace earlier ones. */
export function addToTally(
  tally: Tally,
  resource: string,
  counts: Counts,
  pages: number,
  more: Partial<ResourceDetail> = {},
): Tally {
  const detail = tally[resource] ?? noDetail;
  const sums = addCounts(detail, counts);
  return { ...tally, [resource]: { ...detail, ...sums, pages: detail.pages + pages, ...more } };
}

/** The datasets that this run skipped although earlier runs loaded them. */
export function lostResources(tally: Tally): string[] {
  return Object.keys(tally).filter((name) => tally[name]?.isLost === true);
}

/** Whether everything was loaded: nothing was rejected, refused or lost. */
export function isComplete(tally: Tally): boolean {
  const isClean = Object.values(tally).every(({ rejected, refused = 0 }) => rejected + refused === 0);
  return isClean && lostResources(tally).length === 0;
}

/** The values of etl_sync_log. Its watermarks are those of the first dataset. */
export function toRunState(tally: Tally, calls: number): RunState {
  const details = Object.values(tally);
  return {
    totals: details.reduce<Counts>(addCounts, zeroCounts),
    pages: details.reduce((sum, detail) => sum + detail.pages, 0),
    calls,
    watermarkBefore: details[0]?.watermarkBefore ?? null,
    watermarkAfter: details[0]?.watermarkAfter ?? null,
    detail: tally,
  };
}
