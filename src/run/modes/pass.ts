import type { Dataset } from '../../dataset/dataset.ts';
import { parentLink } from '../../dataset/reading.ts';
import { countRows } from '../../load/count.ts';
import type { Watermark } from '../../record/watermark.ts';
import type { ActiveRun } from '../active-run.ts';
import { type ReadResult, commitBatches } from '../batches.ts';
import { commit, NO_RECORDS } from '../commit.ts';
import { getWatermark } from '../fence.ts';
import { zeroCounts, addToTally } from '../tally.ts';
import { ensurePastWatermark } from './future-watermark.ts';
import { closeGap } from './gap.ts';
import { isResumed, type PassPlan, planRead, type ReadPlan } from './read-plan.ts';
import { replicate } from './replication.ts';

export type PassResult = {
  /** Whether the feed's end was reached. */
  readonly end: boolean;
  /** What the watermark is then. */
  readonly finish: ReadPlan['finish'];
  /** Whether every empty set was believed; only where sets were fetched. */
  readonly isProven?: boolean;
};

/**
 * Takes a resource page by page, from where its watermark says to the feed's end, and commits each page together with
 * the watermark behind it. The next page is fetched meanwhile.
 * @returns what is left to the caller: to finish the resource, once what belongs to it is here too.
 */
export async function loadPass(active: ActiveRun, dataset: Dataset): Promise<PassResult> {
  const { tools, options } = active;
  const watermark = await ensurePastWatermark(active, dataset);
  const plan = planRead(watermark, {
    mode: options.mode,
    since: options.since,
    restart: options.restart ?? false,
    overlap: tools.settings.overlap,
    run: active.id,
  });
  active.tally = addToTally(active.tally, dataset.name, zeroCounts, 0, {
    watermarkBefore: watermark.cursor?.timestamp ?? null,
    watermarkAfter: watermark.cursor?.timestamp ?? null,
  });
  tools.progress.report(`${dataset.name}: ${plan.reason}`);
  tools.log.main.info({ resource: dataset.name, from: plan.from, reason: plan.reason }, 'resource started');
  if (options.strategy === 'replication' && plan.whole && plan.from === undefined) {
    const replicated = await replicate(active, dataset, plan);
    if (replicated === 'stopped') return { end: false, finish: plan.finish };
    if (replicated === 'complete') return checkForGap(active, dataset, plan, { before: watermark });
    tools.progress.report(
      `${dataset.name}: the replication link died; going on by keyset, what is here already will count as unchanged`,
    );
  }
  const read = await commitBatches(active, dataset, plan);
  return read.end
    ? checkForGap(active, dataset, plan, { before: watermark, read })
    : { end: false, finish: plan.finish };
}

/**
 * The walk came to the feed's end. If it may have passed records over, they are looked for by key; if they cannot be
 * fetched by key either, the walk starts again with the next run.
 */
async function checkForGap(
  active: ActiveRun,
  dataset: Dataset,
  plan: PassPlan,
  walk: Walk,
): Promise<PassResult> {
  const { tools, options } = active;
  const { finish } = plan;
  if (options.dryRun || !(await mayHaveGap(active, dataset, plan, walk))) return { end: true, finish };
  // Back first: a run that ends before the gap is closed must not leave it behind.
  const { cursor, load, walkFrom } = await getWatermark(active, dataset);
  await commit(active, { dataset, page: NO_RECORDS, move: plan.rewind, pages: 0 });
  const from = plan.whole || walkFrom === undefined || walkFrom === '' ? undefined : { timestamp: walkFrom };
  if (await closeGap(active, dataset, from)) {
    const move = (watermark: Watermark): Watermark => ({ ...watermark, cursor, load });
    await commit(active, { dataset, page: NO_RECORDS, move, pages: 0 });
    return { end: true, finish };
  }
  const what = 'the feed counts more records than it sends, also by key';
  tools.log.main.warn({ resource: dataset.name, from: plan.from }, what);
  tools.progress.report(`${dataset.name}: ${what}; the next run reads them again`);
  return { end: false, finish };
}

type Walk = {
  /** The watermark as this run found it. */
  readonly before: Watermark;
  /** Undefined for a replication: nothing is counted there. */
  readonly read?: ReadResult;
};

/**
 * Whether records may have been passed over: fewer were sent than counted; or an earlier run ended in the middle of this
 * read, and its count is lost; or the whole dataset was read, and was not counted, or is smaller than what is stored. Sets
 * are compared parent by parent. A source without a key census cannot be asked again.
 */
async function mayHaveGap(
  { tools }: ActiveRun,
  dataset: Dataset,
  plan: ReadPlan,
  { before, read }: Walk,
): Promise<boolean> {
  if (tools.source.keys === undefined) return false;
  const { sent = 0, counted } = read ?? {};
  const isShort = sent < (counted ?? 0);
  if (parentLink(dataset) !== undefined) return isShort;
  if (isShort || isResumed(plan, before)) return true;
  if (!plan.whole) return false;
  return counted === undefined || sent < (await countRows(tools.database, dataset));
}

/** The resource is as complete as the feed is. */
export async function finishDataset(
  active: ActiveRun,
  dataset: Dataset,
  finish: ReadPlan['finish'],
): Promise<void> {
  if (active.options.dryRun) return;
  const now = active.tools.clock.now();
  const move = (watermark: Watermark): Watermark => ({ ...finish(watermark, now), walkFrom: undefined });
  await commit(active, { dataset, page: NO_RECORDS, move, pages: 0 });
}
