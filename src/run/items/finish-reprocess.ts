import { type ItemsRun, saveState, stateOf } from './items-run.ts';
import { remapAll } from './remap.ts';

/** Completes a reprocess that was killed while it gave records other keys: they would be shown with keys of their way. */
export async function finishReprocess(run: ItemsRun): Promise<void> {
  if (run.leftovers.hasInterruptedRekey && !run.active.options.dryRun) await mapAllAgain(run);
}

/**
 * Maps all stored records of a source again. Warnings of the last run were about the former mapping.
 * @returns the number of records whose id another record has.
 */
export async function mapAllAgain(run: ItemsRun): Promise<number> {
  const displaced = await remapAll(run);
  const { mapShape } = run.reader;
  if (!run.active.options.dryRun && run.state !== undefined)
    run.state = await saveState(run.active.connection, run, { ...stateOf(run), mapShape, warnings: [] });
  return displaced;
}
