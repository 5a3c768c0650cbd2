import type { Counts } from '../model/counts.ts';
import type { ResourceDetail, Status } from '../record/run-log.ts';
import type { RunOptions, RunTools } from './active.ts';
import { resourcesToTake } from './full-load-state.ts';
import { eachLicensed } from './licensed.ts';
import { withRun } from './lifecycle.ts';
import { modeOf } from './modes/index.ts';
import { replayRetryable } from './repair/replay.ts';
import { isWhole, lostResources, toRunState } from './tally.ts';

/** What a run did, for people. */
export type Outcome = {
  readonly run: number;
  readonly status: Status;
  readonly totals: Counts;
  readonly calls: number;
  readonly resources: Readonly<Record<string, ResourceDetail>>;
  /** Resources that were not taken although earlier runs loaded them. */
  readonly lost: readonly string[];
};

/**
 * A run reads batches from a source, transforms them into rows, and commits rows and watermark together:
 * lock → open run → for each dataset (modes/), for each batch (batches.ts): transform, load and record in one transaction
 * → close run.
 * @throws EtlError of the kind that tells what to do next; what was committed until then stays.
 */
export async function run(tools: RunTools, options: RunOptions): Promise<Outcome> {
  const done = await withRun(tools, options, async (active) => {
    const whole = await eachLicensed(active, await resourcesToTake(active), async (resource) => {
      await replayRetryable(active, resource);
      return modeOf(resource).load(active, resource);
    });
    return whole.every(Boolean) && isWhole(active.tally) ? 'success' : 'partial';
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
