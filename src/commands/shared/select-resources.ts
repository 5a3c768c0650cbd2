import { UsageError } from '../../errors.ts';
import type { Dataset } from '../../dataset/dataset.ts';

/** What `--resources` names; all of them without it. @throws UsageError for one that RESOURCES does not have. */
export function selectResources(
  all: readonly Dataset[],
  names: readonly string[] | undefined,
  flag = '--resources',
): readonly Dataset[] {
  if (names === undefined) return all;
  const strange = names.filter((name) => !all.some((resource) => resource.name === name));
  if (strange.length === 0) return all.filter((resource) => names.includes(resource.name));
  throw new UsageError(
    `${flag} names ${strange.join(', ')}; RESOURCES has ${all.map((resource) => resource.name).join(', ')}`,
    { op: 'read arguments', hint: 'add it to RESOURCES, or leave it out' },
  );
}
