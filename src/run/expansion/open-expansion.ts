import type { Dataset } from '../../dataset/dataset.ts';
import { assumeFullCoverage, type Coverage } from '../../sources/coverage.ts';
import type { ActiveRun } from '../active-run.ts';
import { getSchema } from '../schema.ts';
import { addToTally, zeroCounts } from '../tally.ts';
import { createExpansion, type ExpansionControl } from './create-expansion.ts';
import { selectExpandable } from './select-expandable.ts';

/**
 * Decides whether this run requests child records with their parents. One decision holds for the whole run.
 * @returns undefined if there is nothing to request.
 */
export async function openExpansion(
  active: ActiveRun,
  parent: Dataset,
): Promise<ExpansionControl | undefined> {
  const { tools, options } = active;
  const isWanted = tools.settings.childStrategy !== 'resource' && !options.dryRun;
  const expandable = isWanted ? selectExpandable(tools, parent, options.resources) : [];
  if (expandable.length === 0) return undefined;
  if (active.expansion !== undefined) return active.expansion;
  const { newest } = await getSchema(active);
  const licensed = expandable
    .map((dataset): Coverage => {
      const { schema } = tools.source;
      return newest === undefined || schema === undefined
        ? assumeFullCoverage(dataset)
        : schema.cover(dataset, newest.schema);
    })
    .filter(({ unavailable }) => unavailable === undefined);
  if (licensed.length === 0) return undefined;
  const datasets = licensed.map(({ dataset }) => dataset);
  const { childStrategy: strategy, pageSize } = tools.settings;
  active.expansion = createExpansion({
    datasets,
    strategy,
    pageSize,
    onEnd: (reason) => recordEnd(active, datasets, reason),
  });
  return active.expansion;
}

function recordEnd(active: ActiveRun, datasets: readonly Dataset[], reason: string): void {
  const { log, progress, clean } = active.tools;
  const names = datasets.map(({ name }) => name);
  const expansionEnded = clean(reason).slice(0, 1000);
  for (const name of names) active.tally = addToTally(active.tally, name, zeroCounts, 0, { expansionEnded });
  log.main.warn({ resources: names, reason: expansionEnded }, 'records are requested without their listings');
  progress.report(`${names.join(', ')}: requested separately from now on: ${expansionEnded}`);
}
