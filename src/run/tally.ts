import type { Counts } from '../model/counts.ts';
import type { ResourceDetail, RunState } from '../record/run-log.ts';

/** How a run stands; never changed, always replaced, so that a transaction that is rolled back leaves no trace in it. */
export type Tally = Readonly<Record<string, ResourceDetail>>;

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

/** The counts of one page; `processed` follows from the others. */
export function countPage(parts: Omit<Counts, 'processed'>): Counts {
  const { inserted, updated, unchanged, rejected, older } = parts;
  return { ...parts, processed: inserted + updated + unchanged + rejected + older };
}

export function addCounts(a: Counts, b: Counts): Counts {
  const names = Object.keys(zeroCounts) as (keyof Counts)[];
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as Counts;
}

const noDetail: ResourceDetail = { ...zeroCounts, pages: 0, watermarkBefore: null, watermarkAfter: null };

/** The tally with one more page of a resource; `more` replaces what it names. */
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

/** Resources that were not taken although earlier runs loaded them. */
export function lostResources(tally: Tally): string[] {
  return Object.keys(tally).filter((name) => tally[name]?.isLost === true);
}

/** Whether everything that was to be loaded was: nothing rejected, refused or lost. */
export function isComplete(tally: Tally): boolean {
  const isClean = Object.values(tally).every(({ rejected, refused = 0 }) => rejected + refused === 0);
  return isClean && lostResources(tally).length === 0;
}

/** The columns of etl_sync_log; its watermarks are the first resource's. */
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
