import type { Dataset } from '../dataset/dataset.ts';
import { parseInstant, toSqlDateTime } from '../lib/time.ts';
import { estimateRowSize } from '../load/row-size.ts';
import { countInWindow } from '../load/window.ts';
import { createWatermark, type Watermark } from '../record/watermark.ts';
import { requireCapability } from '../sources/source.ts';
import type { RunTools } from './active-run.ts';
import { planRead, type ReadPlan } from './modes/read-plan.ts';
import { splitIntoRequests } from './pack.ts';

export type PlanMode = 'sync' | 'full-load' | 'reconcile';

/** The expected work of a run for one dataset. */
export type DatasetPlan = {
  readonly resource: string;
  /** Records, or keys, to read. */
  readonly records: number;
  readonly calls: number;
  /** Upper bound of the records without a row. */
  readonly newRows: number;
  /** On the server's disk. */
  readonly bytes: number;
  /** Whether `bytes` was measured in the tables. */
  readonly isMeasured: boolean;
  /** Child records that are requested with their parents; undefined if they cannot be. */
  readonly together?: {
    /** Calls that remain. */
    readonly calls: number;
    /** Child records of a parent, on average. */
    readonly perParent: number;
  };
};

/** Keys in one page of a census. */
export const MAX_CENSUS_KEYS = 300_000;

/** Keys per look-up: see repair/reconcile.ts. */
const KEY_BATCH_SIZE = 1000;

/** As long as Trestle's keys. */
export const SAMPLE_KEY = '1155528690';

/** The input of a plan. */
export type PlanContext = {
  readonly tools: RunTools;
  readonly mode: PlanMode;
  readonly hasTables: boolean;
  readonly datasets: readonly Dataset[];
  readonly watermarks: ReadonlyMap<string, Watermark>;
};

/** How a dataset would be read, and where it would start. */
export function planReadOf(
  { tools, mode, watermarks }: PlanContext,
  { name }: Pick<Dataset, 'name'>,
): ReadPlan {
  const { overlap } = tools.settings;
  const options = { mode: mode === 'sync' ? mode : 'full-load', overlap, restart: false, run: 0 } as const;
  return planRead(watermarks.get(name) ?? createWatermark(name), options);
}

export function countRecordsFrom(
  { tools }: PlanContext,
  dataset: Dataset,
  from: string | undefined,
): Promise<number> {
  return requireCapability(tools.source, 'keys', 'plan').count(dataset, tools.signal, {
    from,
    to: undefined,
  });
}

/** Estimates the records that are not stored in this version. An upper bound: it includes records that only moved. */
export async function estimateNewRows(
  { tools, mode, hasTables }: PlanContext,
  dataset: Dataset,
  records: number,
  from: string | undefined,
): Promise<number> {
  if (!hasTables) return records;
  const at = from === undefined ? undefined : parseInstant(from);
  const window = { from: at === undefined ? undefined : toSqlDateTime(at), to: undefined };
  const stored = await countInWindow(tools.database, dataset, window);
  // A record with the same cursor is already stored.
  return mode === 'sync' || from === undefined ? Math.max(0, records - stored) : records;
}

export async function estimateGrowth(
  { tools, hasTables }: PlanContext,
  dataset: Dataset,
  newRows: number,
): Promise<Pick<DatasetPlan, 'newRows' | 'bytes' | 'isMeasured'>> {
  const { keepPayload } = tools.settings;
  const weight = await estimateRowSize(tools.database, dataset, keepPayload);
  return { newRows, bytes: newRows * weight.bytes, isMeasured: hasTables && weight.isMeasured };
}

function countRequestsAtOnce(keys: number): number {
  return splitIntoRequests(Array.from({ length: keys }, () => SAMPLE_KEY)).length;
}

/** Counts the requests for the records of so many keys. */
export function countRequests(keys: number): number {
  return (
    Math.floor(keys / KEY_BATCH_SIZE) * countRequestsAtOnce(KEY_BATCH_SIZE) +
    countRequestsAtOnce(keys % KEY_BATCH_SIZE)
  );
}
