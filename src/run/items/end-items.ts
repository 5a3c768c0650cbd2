import { saveServerFailures } from '../../record/item-checkpoint.ts';
import type { Checkpoint, ReadEnd } from '../../sources/items.ts';
import { type ItemsRun, saveState, stateOf, withCheckpoint } from './items-run.ts';

/** What the user should know at the end of a run, in addition to what the source reports. */
export function describeEnd(
  { active, reader, state, isMappedAnew }: ItemsRun,
  { outcome }: ReadEnd,
  missingFields: readonly string[],
): string[] {
  const { id } = active.tools.source;
  const notices: string[] = [];
  if (missingFields.length > 0)
    notices.push(
      `no record has ${missingFields.join(', ')}: was a field renamed? Correct the mapping of ${id}; until then the checkpoint does not move`,
    );
  if (!isMappedAnew && state?.mapShape !== undefined && state.mapShape !== reader.mapShape)
    notices.push(
      `the mapping changed, and stored items have the former one: trestle-etl reprocess ${id} maps them again`,
    );
  if (outcome === 'gone')
    notices.push(`the source is gone: it is not read any more until trestle-etl sources reset ${id}`);
  return notices;
}

/**
 * Stores the end of a run that could read its source. Nothing is written if nothing changed.
 * @param checkpoint undefined: the stored one stays.
 */
export async function saveEnd(
  run: ItemsRun,
  { outcome, minPause, isUnfinished }: ReadEnd & { readonly isUnfinished: boolean },
  checkpoint: Checkpoint | undefined,
  warnings: readonly string[],
): Promise<void> {
  const { active, reader } = run;
  const { connection, tools } = active;
  const before = stateOf(run);
  const moved = checkpoint === undefined ? before : withCheckpoint(before, reader, checkpoint);
  const next = {
    ...moved,
    mapShape: run.isMappedAnew ? reader.mapShape : (moved.mapShape ?? reader.mapShape),
    failures: 0,
    openedUntil: undefined,
    notBefore: undefined,
    goneAt: outcome === 'gone' ? tools.clock.now() : undefined,
    lastError: undefined,
    warnings,
    isUnfinished,
    minPause,
  };
  if (run.state !== undefined && JSON.stringify(run.state) === JSON.stringify(next)) return;
  run.state = await saveState(connection, run, { ...next, lastSuccess: tools.clock.now() });
  if (before.failures > 0 && reader.server !== undefined)
    await saveServerFailures(connection, reader.server, 0, undefined);
}
