import { countUnprocessed, deleteUnprocessed } from '../../record/item-quarantine.ts';
import { requireCapability } from '../../sources/source.ts';
import type { RunTools } from '../active-run.ts';
import { withRun } from '../lifecycle.ts';
import { startItemsRun } from './items-run.ts';
import { remapKeys, remapUnprocessed } from './remap.ts';

/**
 * Maps stored records that could not become items again, without a request.
 * @param keys undefined for all.
 * @param unknown creates the error that ends the run if there is no such record.
 */
export async function replayUnmapped(
  tools: RunTools,
  keys: readonly string[] | undefined,
  unknown: () => Error,
): Promise<{ readonly good: number; readonly bad: number }> {
  const { id } = tools.source;
  const reader = await requireCapability(tools.source, 'items', 'quarantine replay').load();
  let replayed = { good: 0, bad: 0 };
  await withRun(tools, { mode: 'replay', resources: [], dryRun: false }, async (active) => {
    const { connection } = active;
    const before = await countUnprocessed(connection, id, keys);
    if (before === 0 && keys !== undefined) throw unknown();
    const run = await startItemsRun(active, reader);
    await (keys === undefined ? remapUnprocessed(run) : remapKeys(run, keys));
    const bad = await countUnprocessed(connection, id, keys);
    replayed = { good: before - bad, bad };
    return bad === 0 ? 'success' : 'partial';
  });
  return replayed;
}

/** Deletes stored records that could not become items. @param keys undefined for all. @returns their number. */
export async function purgeUnmapped(tools: RunTools, keys: readonly string[] | undefined): Promise<number> {
  let purged = 0;
  await withRun(tools, { mode: 'repair', resources: [], dryRun: false }, async ({ connection }) => {
    purged = await deleteUnprocessed(connection, tools.source.id, keys);
    return 'success';
  });
  return purged;
}
