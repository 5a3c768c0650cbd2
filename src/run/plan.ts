import type { Dataset } from '../dataset/dataset.ts';
import { parentLink } from '../dataset/reading.ts';
import { readWatermarks } from '../record/watermark.ts';
import type { RunTools } from './active-run.ts';
import { modeOf } from './modes/index.ts';
import type { DatasetPlan, PlanContext, PlanMode } from './dataset-plan.ts';
import { planExpansion, type StrategyPlan } from './expansion/plan-expansion.ts';
import { hasOwnKeys } from './repair/reconcile.ts';
import { planReconcile } from './repair/reconcile-plan.ts';

export type { DatasetPlan as Expected, PlanMode } from './dataset-plan.ts';

export type PlannedRun = {
  readonly resources: readonly DatasetPlan[];
  /** Missing if child records are requested in one way only. */
  readonly strategies?: StrategyPlan;
};

/**
 * Estimates the work of a run that starts now, from the feed's counts (at most one call per dataset) and the tables.
 * @param datasets parents before their children.
 */
export async function planRun(
  tools: RunTools,
  mode: PlanMode,
  datasets: readonly Dataset[],
  hasTables: boolean,
): Promise<PlannedRun> {
  const stored = hasTables ? await readWatermarks(tools.database) : [];
  const planned: PlanContext = {
    tools,
    mode,
    hasTables,
    datasets,
    watermarks: new Map(stored.map((watermark) => [watermark.resource, watermark])),
  };
  const expected: DatasetPlan[] = [];
  for (const dataset of selectDatasets(planned, datasets)) {
    const parent = expected.find((each) => each.resource === parentLink(dataset)?.parent);
    const plan = mode === 'reconcile' ? planReconcile : modeOf(dataset).plan;
    expected.push(await plan(planned, dataset, parent));
  }
  const { plans, strategies } = planExpansion(expected, datasets, tools.settings);
  return { resources: plans, ...(strategies === undefined ? {} : { strategies }) };
}

/** An interrupted full-load resumes with its remaining datasets: see full-load-state.ts. */
function selectDatasets(
  { mode, watermarks, tools }: PlanContext,
  datasets: readonly Dataset[],
): readonly Dataset[] {
  if (mode === 'reconcile') {
    const loaded = datasets.filter(({ name }) => watermarks.get(name)?.completeAt !== undefined);
    return loaded.filter((dataset) => hasOwnKeys(dataset, tools.settings.filters));
  }
  const marked = datasets.filter(({ name }) => watermarks.get(name)?.load !== undefined);
  return mode === 'full-load' && marked.length > 0 ? marked : datasets;
}
