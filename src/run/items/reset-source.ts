import { resetItemState } from '../../record/item-checkpoint.ts';
import { requireCapability } from '../../sources/source.ts';
import type { RunTools } from '../active-run.ts';
import { withRun } from '../lifecycle.ts';
import { deleteFormerType } from './former-type.ts';

/** What a reset removed. */
export type Reset = {
  /** Whether there was a checkpoint, or anything that keeps the source from being requested. */
  readonly hadState: boolean;
  /** Items of a former type. */
  readonly deleted: number;
};

/**
 * Deletes the checkpoint of a source of items, and what keeps it from being requested. Its items stay, unless they are of another
 * type than it has now.
 * @throws UsageError if the source has no items, BusyError while one of its runs is active.
 */
export async function resetSource(tools: RunTools): Promise<Reset> {
  const { type } = requireCapability(tools.source, 'items', 'sources reset');
  let reset: Reset = { hadState: false, deleted: 0 };
  await withRun(tools, { mode: 'repair', resources: [], dryRun: false }, async (active) => {
    const deleted = await deleteFormerType(active, type);
    reset = { hadState: await resetItemState(active.connection, tools.source.id, type), deleted };
    tools.log.main.info({ source: tools.source.id }, 'checkpoint deleted');
    return 'success';
  });
  return reset;
}
