import { resetItemState } from '../../record/item-checkpoint.ts';
import { requireCapability } from '../../sources/source.ts';
import type { RunTools } from '../active-run.ts';
import { withRun } from '../lifecycle.ts';

/**
 * Deletes the checkpoint of a source of items, and what keeps it from being requested. Items stay.
 * @returns whether there was any.
 * @throws UsageError if the source has no items, BusyError while one of its runs is active.
 */
export async function resetSource(tools: RunTools): Promise<boolean> {
  requireCapability(tools.source, 'items', 'sources reset');
  let hadState = false;
  await withRun(tools, { mode: 'repair', resources: [], dryRun: false }, async ({ connection }) => {
    hadState = await resetItemState(connection, tools.source.id);
    tools.log.main.info({ source: tools.source.id }, 'checkpoint deleted');
    return 'success';
  });
  return hadState;
}
