import type { Dataset } from '../dataset/dataset.ts';
import type { Watermark } from '../record/watermark.ts';
import type { ActiveRun } from './active-run.ts';
import { commitFencedAll, getWatermark } from './fence.ts';

/**
 * The resources that this run has to take. A full-load is one undertaking over all its resources, however many runs it
 * needs: each is marked when it begins and loses the mark when it is through, so that an interrupted full-load goes on
 * with those that are left, and reads none from its beginning again.
 */
export async function selectDatasetsToLoad(active: ActiveRun): Promise<readonly Dataset[]> {
  const { options } = active;
  const { resources } = options;
  if (options.mode !== 'full-load' || options.dryRun) return resources;
  const marked: Dataset[] = [];
  for (const dataset of resources) {
    if ((await getWatermark(active, dataset)).load !== undefined) marked.push(dataset);
  }
  if (marked.length > 0 && options.restart !== true) {
    const through = resources.filter((dataset) => !marked.includes(dataset));
    for (const { name } of through) active.tools.progress.report(`${name}: loaded already by this full-load`);
    return marked;
  }
  await commitFencedAll(
    active,
    resources,
    (watermark) => withLoadStarted(watermark, active),
    async () => undefined,
  );
  return resources;
}

function withLoadStarted(watermark: Watermark, { options, id }: ActiveRun): Watermark {
  const isAnew = watermark.completeAt === undefined && options.restart === true;
  return {
    ...watermark,
    cursor: isAnew ? undefined : watermark.cursor,
    load: { cursor: undefined, run: id },
  };
}
