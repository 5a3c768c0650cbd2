import type { Dataset } from '../../dataset/dataset.ts';
import { parentLink, photoFields } from '../../dataset/reading.ts';
import type { RunTools } from '../active-run.ts';

/** The child datasets that can be requested with their parents. A filter of the user would make a set differ from its count. */
export function selectExpandable(
  { settings }: { readonly settings: Pick<RunTools['settings'], 'filters'> },
  parent: Dataset,
  datasets: readonly Dataset[],
): Dataset[] {
  return datasets.filter((dataset) => {
    const link = parentLink(dataset);
    if (link?.parent !== parent.name || link.link === undefined) return false;
    if (settings.filters[dataset.name] !== undefined) return false;
    return link.staleBy === 'version' || photoFields(parent) !== undefined;
  });
}
