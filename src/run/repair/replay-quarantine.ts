import type { Dataset } from '../../dataset/dataset.ts';
import type { RunTools } from '../active-run.ts';
import { withRun } from '../lifecycle.ts';
import { replay } from './replay.ts';

/**
 * A run that replays records in quarantine. It is partial if some are still invalid.
 * @param wanted the keys to replay; undefined for all.
 * @param unknown the error that ends the run if none of the keys is in quarantine.
 */
export async function replayQuarantine(
  tools: RunTools,
  datasets: readonly Dataset[],
  wanted: ReadonlySet<string> | undefined,
  unknown: () => Error,
): Promise<{ readonly good: number; readonly bad: number }> {
  let replayed = { good: 0, bad: 0 };
  await withRun(tools, { mode: 'replay', resources: datasets, dryRun: false }, async (active) => {
    replayed = await replay(active, wanted);
    if (wanted !== undefined && replayed.good + replayed.bad === 0) throw unknown();
    return replayed.bad === 0 ? 'success' : 'partial';
  });
  return replayed;
}
