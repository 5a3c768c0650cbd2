import { loadActiveFirst } from './active-first.ts';
import { planBatches } from './incremental-plan.ts';
import type { ReadingMode } from './mode.ts';
import { finishDataset, loadPass } from './pass.ts';
import { checkPhotos } from './photos.ts';

/** Records in the order of a timestamp, from the watermark on. */
export const incremental: ReadingMode = {
  async load(active, dataset) {
    if (!(await loadActiveFirst(active, dataset))) return false;
    const { end, finish } = await loadPass(active, dataset);
    if (!end) return false;
    const arePhotosKnown = await checkPhotos(active, dataset);
    await finishDataset(active, dataset, finish);
    return arePhotosKnown;
  },
  plan: planBatches,
};
