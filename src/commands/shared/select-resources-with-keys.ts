import type { Context } from '../../app/context.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { hasOwnKeys } from '../../run/repair/reconcile.ts';

/** The resources that `reconcile` and `verify` compare unless some are named. */
export function selectResourcesWithKeys({
  resources,
  reading,
}: Pick<Context, 'resources' | 'reading'>): readonly Dataset[] {
  return resources.filter((resource) => hasOwnKeys(resource, reading.filters));
}
