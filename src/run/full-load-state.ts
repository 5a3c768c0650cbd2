import type { Dataset } from '../dataset/dataset.ts';
import type { Watermark } from '../record/watermark.ts';
import type { Active } from './active.ts';
import { fencedAll, watermarkOf } from './fence.ts';

/**
 * The resources that this run has to take. A full-load is one undertaking over all its resources, however many runs it
 * needs: each is marked when it begins and loses the mark when it is through, so that an interrupted full-load goes on
 * with those that are left, and reads none from its beginning again.
 */
export async function resourcesToTake(active: Active): Promise<readonly Dataset[]> {
  const { options } = active;
  const { resources } = options;
  if (options.mode !== 'full-load' || options.dryRun) return resources;
  const marked: Dataset[] = [];
  for (const resource of resources) {
    if ((await watermarkOf(active, resource)).load !== undefined) marked.push(resource);
  }
  if (marked.length > 0 && options.restart !== true) {
    const through = resources.filter((resource) => !marked.includes(resource));
    for (const { name } of through) active.tools.progress.say(`${name}: loaded already by this full-load`);
    return marked;
  }
  await fencedAll(
    active,
    resources,
    (watermark) => begun(watermark, active),
    async () => undefined,
  );
  return resources;
}

function begun(watermark: Watermark, { options, id }: Active): Watermark {
  const isAnew = watermark.completeAt === undefined && options.restart === true;
  return {
    ...watermark,
    cursor: isAnew ? undefined : watermark.cursor,
    load: { cursor: undefined, run: id },
  };
}
