import type { Dataset } from '../dataset/dataset.ts';
import { parseInstant, toSqlDateTime } from '../lib/time.ts';
import { weightOf } from '../load/weight.ts';
import { countIn } from '../load/window.ts';
import { noWatermark, type Watermark } from '../record/watermark.ts';
import { requireCapability } from '../sources/source.ts';
import type { RunTools } from './active.ts';
import { planRead, type ReadPlan } from './modes/read-plan.ts';
import { inRequests } from './pack.ts';

export type PlanMode = 'sync' | 'full-load' | 'reconcile';

/** What a run will have to do with one resource. */
export type Expected = {
  readonly resource: string;
  /** Records, or keys, that it will read. */
  readonly records: number;
  readonly calls: number;
  /** Of the records, those that have no row yet; at most. */
  readonly newRows: number;
  /** On the server's disk. */
  readonly bytes: number;
  /** Whether `bytes` comes of the tables as they are. */
  readonly isMeasured: boolean;
};

/** Keys in one answer of a census. */
export const MAX_KEYS = 300_000;

/** Keys looked up at a time: see repair/reconcile.ts. */
const KEYS_AT_A_TIME = 1000;

/** As long as Trestle's keys are. */
export const SAMPLE_KEY = '1155528690';

/** What a plan is made from. */
export type Planned = {
  readonly tools: RunTools;
  readonly mode: PlanMode;
  readonly hasTables: boolean;
  readonly resources: readonly Dataset[];
  readonly watermarks: ReadonlyMap<string, Watermark>;
};

/** How a dataset would be read, and where from. */
export function readPlanOf({ tools, mode, watermarks }: Planned, { name }: Pick<Dataset, 'name'>): ReadPlan {
  const { overlap } = tools.settings;
  const options = { mode: mode === 'sync' ? mode : 'full-load', overlap, restart: false, run: 0 } as const;
  return planRead(watermarks.get(name) ?? noWatermark(name), options);
}

export function countFrom({ tools }: Planned, resource: Dataset, from: string | undefined): Promise<number> {
  return requireCapability(tools.source, 'keys', 'plan').count(resource, tools.signal, {
    from,
    to: undefined,
  });
}

/** Records that are not here in this version: a record that only moved is one of them, so that this is the most. */
export async function newIn(
  { tools, mode, hasTables }: Planned,
  resource: Dataset,
  records: number,
  from: string | undefined,
): Promise<number> {
  if (!hasTables) return records;
  const at = from === undefined ? undefined : parseInstant(from);
  const window = { from: at === undefined ? undefined : toSqlDateTime(at), to: undefined };
  const here = await countIn(tools.database, resource, window);
  // A record whose cursor is the same is here in any case.
  return mode === 'sync' || from === undefined ? Math.max(0, records - here) : records;
}

export async function growth(
  { tools, hasTables }: Planned,
  resource: Dataset,
  newRows: number,
): Promise<Pick<Expected, 'newRows' | 'bytes' | 'isMeasured'>> {
  const { keepPayload } = tools.settings;
  const weight = await weightOf(tools.database, resource, keepPayload);
  return { newRows, bytes: newRows * weight.bytes, isMeasured: hasTables && weight.isMeasured };
}

function portion(keys: number): number {
  return inRequests(Array.from({ length: keys }, () => SAMPLE_KEY)).length;
}

/** Requests for the records of so many keys. */
export function requestsFor(keys: number): number {
  return Math.floor(keys / KEYS_AT_A_TIME) * portion(KEYS_AT_A_TIME) + portion(keys % KEYS_AT_A_TIME);
}
