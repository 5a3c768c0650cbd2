import type { Dataset } from '../dataset/dataset.ts';
import type { Watermark } from '../record/watermark.ts';
import type { ActiveRun } from './active-run.ts';
import { commitFencedAll, getWatermark } from './fence.ts';

/**
 * Selects the datasets that this run has to load, and marks them. A full-load covers all its datasets and may need several
 * runs. Each dataset is marked at the start and unmarked when it completes, so that an interrupted full-load resumes with
 * the remaining datasets and never reads a completed one again.
 */
export async function selectDatasetsToLoad(active: ActiveRun): Promise<readonly Dataset[]> {
  const { options } = active;
  const { resources: datasets } = options;
  if (options.mode !== 'full-load' || options.dryRun) return datasets;
  const marked: Dataset[] = [];
  for (const dataset of datasets) {
    if ((await getWatermark(active, dataset)).load !== undefined) marked.push(dataset);
  }
  if (marked.length > 0 && options.restart !== true) {
    const completed = datasets.filter((dataset) => !marked.includes(dataset));
    for (const { name } of completed)
      active.tools.progress.report(`${name}: already loaded by this full-load`);
    return marked;
  }
  await commitFencedAll(
    active,
    datasets,
    (watermark) => withLoadStarted(watermark, active),
    async () => undefined,
  );
  return datasets;
}

function withLoadStarted(watermark: Watermark, { options, id }: ActiveRun): Watermark {
  const isRestarted = watermark.completeAt === undefined && options.restart === true;
  return {
    ...watermark,
    cursor: isRestarted ? undefined : watermark.cursor,
    load: { cursor: undefined, run: id },
  };
}
