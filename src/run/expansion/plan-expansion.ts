import type { Dataset } from '../../dataset/dataset.ts';
import { parentLink } from '../../dataset/reading.ts';
import type { ChildStrategy } from '../../model/child-strategy.ts';
import type { DatasetPlan } from '../dataset-plan.ts';
import { countPages } from '../forecast.ts';
import { countExpandedPages, largestPage, MIN_EXPANDED_PAGE } from './page-size.ts';

/** The calls of a run, by the way in which child records are requested. */
export type StrategyPlan = {
  readonly resource: number;
  readonly expand: number;
  /** The way that the run would start with. */
  readonly chosen: Exclude<ChildStrategy, 'auto'>;
};

/** Bytes of JSON, as live feeds send them. */
const PARENT_BYTES = 30_000;
const CHILD_BYTES: Readonly<Record<string, number>> = { Media: 1300 };
const OTHER_CHILD_BYTES = 2000;

/**
 * Chooses how child records are requested, by the calls of the whole run.
 * @param expected plans in which they are requested separately.
 */
export function planExpansion(
  expected: readonly DatasetPlan[],
  datasets: readonly Dataset[],
  { childStrategy, pageSize }: { readonly childStrategy: ChildStrategy; readonly pageSize: number },
): { readonly plans: readonly DatasetPlan[]; readonly strategies?: StrategyPlan } {
  const together = expected.map((plan) => expandPlan(plan, expected, datasets, pageSize));
  const plans = expected.map(withoutTogether);
  if (!expected.some((plan) => plan.together !== undefined)) return { plans };
  const [resource, expand] = [sumCalls(plans), sumCalls(together)];
  const cheaper = expand <= resource ? 'expand' : 'resource';
  const chosen = childStrategy === 'auto' ? cheaper : childStrategy;
  return { plans: chosen === 'expand' ? together : plans, strategies: { resource, expand, chosen } };
}

/** The plan of a dataset if child records are requested with their parents. */
function expandPlan(
  { together, ...plan }: DatasetPlan,
  expected: readonly DatasetPlan[],
  datasets: readonly Dataset[],
  pageSize: number,
): DatasetPlan {
  if (together !== undefined) return { ...plan, calls: together.calls };
  const children = expected.filter(({ resource, together: own }) => {
    const dataset = datasets.find(({ name }) => name === resource);
    return own !== undefined && dataset !== undefined && parentLink(dataset)?.parent === plan.resource;
  });
  if (children.length === 0) return plan;
  const bytes = children.reduce(
    (sum, child) => sum + child.together!.perParent * (CHILD_BYTES[child.resource] ?? OTHER_CHILD_BYTES),
    PARENT_BYTES,
  );
  const smallest = Math.min(MIN_EXPANDED_PAGE, pageSize);
  const pages = countExpandedPages(plan.records, smallest, largestPage({ bytes, ms: 0 }, pageSize));
  return { ...plan, calls: plan.calls - countPages(plan.records, pageSize) + Math.max(1, pages) };
}

function withoutTogether(plan: DatasetPlan): DatasetPlan {
  const { together: _, ...rest } = plan;
  return rest;
}

function sumCalls(plans: readonly DatasetPlan[]): number {
  return plans.reduce((sum, { calls }) => sum + calls, 0);
}
