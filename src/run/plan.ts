import type { Dataset } from '../dataset/dataset.ts';
import { parentLink } from '../dataset/reading.ts';
import { readWatermarks } from '../record/watermark.ts';
import type { RunTools } from './active-run.ts';
import { modeOf } from './modes/index.ts';
import type { DatasetPlan, PlanContext, PlanMode } from './dataset-plan.ts';
import { hasOwnKeys } from './repair/reconcile.ts';
import { planReconcile } from './repair/reconcile-plan.ts';

export type { DatasetPlan as Expected, PlanMode } from './dataset-plan.ts';

/**
 * What a run would have to do now. Asks the feed for its counts, one call a resource at most, and the tables for the rest.
 * @param resources parents before their children.
 */
export async function planRun(
  tools: RunTools,
  mode: PlanMode,
  resources: readonly Dataset[],
  hasTables: boolean,
): Promise<DatasetPlan[]> {
  const stored = hasTables ? await readWatermarks(tools.database) : [];
  const planned: PlanContext = {
    tools,
    mode,
    hasTables,
    resources,
    watermarks: new Map(stored.map((watermark) => [watermark.resource, watermark])),
  };
  const expected: DatasetPlan[] = [];
  for (const dataset of selectDatasets(planned, resources)) {
    const parent = expected.find((each) => each.resource === parentLink(dataset)?.parent);
    const plan = mode === 'reconcile' ? planReconcile : modeOf(dataset).plan;
    expected.push(await plan(planned, dataset, parent));
  }
  return expected;
}

/** A full-load that was interrupted goes on with the resources that are left: see full-load-state.ts. */
function selectDatasets(
  { mode, watermarks, tools }: PlanContext,
  resources: readonly Dataset[],
): readonly Dataset[] {
  if (mode === 'reconcile') {
    const loaded = resources.filter(({ name }) => watermarks.get(name)?.completeAt !== undefined);
    return loaded.filter((dataset) => hasOwnKeys(dataset, tools.settings.filters));
  }
  const marked = resources.filter(({ name }) => watermarks.get(name)?.load !== undefined);
  return mode === 'full-load' && marked.length > 0 ? marked : resources;
}
