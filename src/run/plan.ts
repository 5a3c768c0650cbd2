import type { Dataset } from '../dataset/dataset.ts';
import { parentLink } from '../dataset/reading.ts';
import { readWatermarks } from '../record/watermark.ts';
import type { RunTools } from './active.ts';
import { modeOf } from './modes/index.ts';
import type { Expected, Planned, PlanMode } from './planned.ts';
import { hasKeysOfItsOwn } from './repair/reconcile.ts';
import { planReconcile } from './repair/reconcile-plan.ts';

export type { Expected, PlanMode } from './planned.ts';

/**
 * What a run would have to do now. Asks the feed for its counts, one call a resource at most, and the tables for the rest.
 * @param resources parents before their children.
 */
export async function planRun(
  tools: RunTools,
  mode: PlanMode,
  resources: readonly Dataset[],
  hasTables: boolean,
): Promise<Expected[]> {
  const stored = hasTables ? await readWatermarks(tools.database) : [];
  const planned: Planned = {
    tools,
    mode,
    hasTables,
    resources,
    watermarks: new Map(stored.map((watermark) => [watermark.resource, watermark])),
  };
  const expected: Expected[] = [];
  for (const resource of resourcesOf(planned, resources)) {
    const parent = expected.find((each) => each.resource === parentLink(resource)?.parent);
    const plan = mode === 'reconcile' ? planReconcile : modeOf(resource).plan;
    expected.push(await plan(planned, resource, parent));
  }
  return expected;
}

/** A full-load that was interrupted goes on with the resources that are left: see full-load-state.ts. */
function resourcesOf(
  { mode, watermarks, tools }: Planned,
  resources: readonly Dataset[],
): readonly Dataset[] {
  if (mode === 'reconcile') {
    const loaded = resources.filter(({ name }) => watermarks.get(name)?.completeAt !== undefined);
    return loaded.filter((resource) => hasKeysOfItsOwn(resource, tools.settings.filters));
  }
  const marked = resources.filter(({ name }) => watermarks.get(name)?.load !== undefined);
  return mode === 'full-load' && marked.length > 0 ? marked : resources;
}
