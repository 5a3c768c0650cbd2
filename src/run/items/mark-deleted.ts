import { markItemsDeleted } from '../../load/items/absent-items.ts';
import { saveRun } from '../../record/run-log.ts';
import type { ActiveRun } from '../active-run.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { addToTally, toRunState, zeroCounts } from '../tally.ts';

/** Marks items as deleted, and stores their number in the run's row, in one transaction. */
export async function markDeleted(active: ActiveRun, ids: readonly number[]): Promise<void> {
  const { tools, id } = active;
  const { id: name } = tools.source;
  active.tally = await commitFenced(active, { name }, keepWatermark, async (session, _, at) => {
    const deleted = await markItemsDeleted(session, ids, id, at);
    const tally = addToTally(active.tally, name, { ...zeroCounts, deleted }, 0);
    await saveRun(session, id, toRunState(tally, tools.source.requests()), tools.clock.now());
    return tally;
  });
  tools.signal.throwIfAborted();
}
