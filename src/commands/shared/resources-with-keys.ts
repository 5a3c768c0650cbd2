import type { Context } from '../../app/context.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { hasOwnKeys } from '../../run/repair/reconcile.ts';

/** The resources that `reconcile` and `verify` compare unless some are named. */
export function resourcesWithKeys({
  resources,
  config,
}: Pick<Context, 'resources' | 'config'>): readonly Dataset[] {
  return resources.filter((resource) => hasOwnKeys(resource, config.filters));
}
