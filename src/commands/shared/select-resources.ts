import { UsageError } from '../../errors.ts';
import type { Dataset } from '../../dataset/dataset.ts';

/** Selects the resources of `--resources`; all of them without it. @throws UsageError for one that RESOURCES does not have. */
export function selectResources(
  all: readonly Dataset[],
  names: readonly string[] | undefined,
  flag = '--resources',
): readonly Dataset[] {
  if (names === undefined) return all;
  const unknown = names.filter((name) => !all.some((dataset) => dataset.name === name));
  if (unknown.length === 0) return all.filter((dataset) => names.includes(dataset.name));
  throw new UsageError(
    `${flag} names ${unknown.join(', ')}; RESOURCES has ${all.map((dataset) => dataset.name).join(', ')}`,
    { op: 'read arguments', hint: 'add it to RESOURCES, or leave it out' },
  );
}
