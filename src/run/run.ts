import type { Counts } from '../model/counts.ts';
import type { RunDetail } from '../record/run-detail.ts';
import type { RunStatus } from '../record/run-log.ts';
import type { RunOptions, RunTools } from './active-run.ts';
import { selectDatasetsToLoad } from './full-load-state.ts';
import { forEachLicensed } from './licensed.ts';
import { withRun } from './lifecycle.ts';
import { modeOf } from './modes/index.ts';
import { replayRetryable } from './repair/replay.ts';
import { isComplete, lostResources, toRunState } from './tally.ts';

/** The result of a run, for people. */
export type RunOutcome = {
  readonly run: number;
  readonly status: RunStatus;
  readonly totals: Counts;
  readonly calls: number;
  readonly resources: RunDetail;
  /** Datasets that this run skipped although earlier runs loaded them. */
  readonly lost: readonly string[];
};

/**
 * A run reads batches from a source, transforms them into rows, and commits rows and watermark together:
 * lock → open run → for each dataset (modes/), for each batch (batches.ts): transform, load and record in one transaction
 * → close run.
 * @throws EtlError, classed by what the caller does next. Earlier commits stay.
 */
export async function run(tools: RunTools, options: RunOptions): Promise<RunOutcome> {
  const done = await withRun(tools, options, async (active) => {
    const whole = await forEachLicensed(active, await selectDatasetsToLoad(active), async (dataset) => {
      await replayRetryable(active, dataset);
      return modeOf(dataset).load(active, dataset);
    });
    return whole.every(Boolean) && isComplete(active.tally) ? 'success' : 'partial';
  });
  tools.progress.end();
  const { totals, calls } = toRunState(done.tally, tools.source.requests());
  return {
    run: done.id,
    status: done.status,
    totals,
    calls,
    resources: done.tally,
    lost: lostResources(done.tally),
  };
}
