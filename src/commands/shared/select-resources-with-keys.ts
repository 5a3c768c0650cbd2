import type { Context } from '../../app/context.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { hasOwnKeys } from '../../run/repair/reconcile.ts';

/** Selects the resources that `reconcile` and `verify` compare by default. */
export function selectResourcesWithKeys({
  resources,
  reading,
}: Pick<Context, 'resources' | 'reading'>): readonly Dataset[] {
  return resources.filter((dataset) => hasOwnKeys(dataset, reading.filters));
}
