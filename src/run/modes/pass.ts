import type { Dataset } from '../../dataset/dataset.ts';
import { parentLink } from '../../dataset/reading.ts';
import { countRows } from '../../load/count.ts';
import { deleteWithoutKey } from '../../record/quarantine.ts';
import type { Watermark } from '../../record/watermark.ts';
import type { ActiveRun } from '../active-run.ts';
import { type ReadResult, commitBatches } from '../batches.ts';
import { commit, NO_RECORDS } from '../commit.ts';
import { commitFenced, getWatermark, keepWatermark, retryAfterReconnect } from '../fence.ts';
import { zeroCounts, addToTally } from '../tally.ts';
import { ensurePastWatermark } from './future-watermark.ts';
import { closeGap } from './gap.ts';
import { isResumed, type PassPlan, planRead, type ReadPlan } from './read-plan.ts';
import { replicate } from './replication.ts';

export type PassResult = {
  /** Whether the end of the feed was reached. */
  readonly end: boolean;
  /** Moves the watermark when the dataset is complete. */
  readonly finish: ReadPlan['finish'];
  /** Whether every set was complete; only if sets were fetched. */
  readonly isProven?: boolean;
  /** Whether the parents, which brought the records, are complete too; unset if they did not bring them. */
  readonly areParentsComplete?: boolean;
};

/**
 * Reads a dataset page by page, from its watermark to the end of the feed, and commits each page together with its
 * watermark. The next page is fetched while one is stored.
 * @returns `finish`, which the caller applies when the child records are loaded too.
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
      `${dataset.name}: the replication link expired; continuing by keyset, stored records will count as unchanged`,
    );
  }
  const read = await commitBatches(active, dataset, plan);
  return read.end
    ? checkForGap(active, dataset, plan, { before: watermark, read })
    : { end: false, finish: plan.finish };
}

/**
 * Called at the end of the feed. Records that the read may have missed are fetched by key; if that fails too, the next run
 * starts the read again.
 */
async function checkForGap(
  active: ActiveRun,
  dataset: Dataset,
  plan: PassPlan,
  walk: PassRead,
): Promise<PassResult> {
  const { tools, options } = active;
  const { finish } = plan;
  if (options.dryRun || !(await mayHaveGap(active, dataset, plan, walk))) return { end: true, finish };
  // Rewind first, so that a run that ends before the gap is closed does not skip it.
  const { cursor, load, walkFrom } = await getWatermark(active, dataset);
  await commit(active, { dataset, page: NO_RECORDS, move: plan.rewind, pages: 0 });
  const from = plan.whole || walkFrom === undefined || walkFrom === '' ? undefined : { timestamp: walkFrom };
  if (await closeGap(active, dataset, from)) {
    const move = (watermark: Watermark): Watermark => ({ ...watermark, cursor, load });
    await commit(active, { dataset, page: NO_RECORDS, move, pages: 0 });
    return { end: true, finish };
  }
  const problem = 'the feed counts more records than it sends, even by key';
  tools.log.main.warn({ resource: dataset.name, from: plan.from }, problem);
  tools.progress.report(`${dataset.name}: ${problem}; the next run reads them again`);
  return { end: false, finish };
}

type PassRead = {
  /** The watermark as this run found it. */
  readonly before: Watermark;
  /** Undefined for a replication, which has no count. */
  readonly read?: ReadResult;
};

/**
 * Whether the read may have missed records: fewer were sent than counted; or an earlier run started this read, so its count
 * is lost; or the whole dataset was read and not counted, or is smaller than the table. Child sets are compared parent by
 * parent. A source without a key census cannot be checked.
 */
async function mayHaveGap(
  active: ActiveRun,
  dataset: Dataset,
  plan: ReadPlan,
  { before, read }: PassRead,
): Promise<boolean> {
  if (active.tools.source.keys === undefined) return false;
  const { sent = 0, counted } = read ?? {};
  const isShort = sent < (counted ?? 0);
  if (parentLink(dataset) !== undefined) return isShort;
  if (isShort || isResumed(plan, before)) return true;
  if (!plan.whole) return false;
  if (counted === undefined) return true;
  return sent < (await retryAfterReconnect(active, () => countRows(active.connection, dataset)));
}

/** Marks a dataset as complete. */
export async function finishDataset(
  active: ActiveRun,
  dataset: Dataset,
  finish: ReadPlan['finish'],
): Promise<void> {
  if (active.options.dryRun) return;
  await deleteVanished(active, dataset);
  const now = active.tools.clock.now();
  const move = (watermark: Watermark): Watermark => ({ ...finish(watermark, now), walkFrom: undefined });
  await commit(active, { dataset, page: NO_RECORDS, move, pages: 0 });
}

/**
 * After a full-load over a complete table, deletes quarantined records without a key that it has not seen. The pages of a first
 * load may have been read by runs before the one that is recorded as its start.
 */
async function deleteVanished(active: ActiveRun, dataset: Dataset): Promise<void> {
  const { load, completeAt } = await getWatermark(active, dataset);
  if (load === undefined || completeAt === undefined) return;
  await commitFenced(active, dataset, keepWatermark, (session) =>
    deleteWithoutKey(session, dataset.name, load.run),
  );
}
