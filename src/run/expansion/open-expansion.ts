import type { Dataset } from '../../dataset/dataset.ts';
import { DAY_MS } from '../../lib/time.ts';
import { readExpansionFailure } from '../../record/expansion-failure.ts';
import { readSchemas } from '../../record/feed-schema.ts';
import { assumeFullCoverage, type Coverage } from '../../sources/coverage.ts';
import type { ActiveRun } from '../active-run.ts';
import { retryAfterReconnect } from '../fence.ts';
import { addToTally, zeroCounts } from '../tally.ts';
import { createExpansion, type ExpansionControl, type ExpansionEnd } from './create-expansion.ts';
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
  if (await hasJustFailed(active)) return undefined;
  // The run read it just before if it was too old.
  const [newest] = active.hasTables
    ? await retryAfterReconnect(active, () => readSchemas(active.connection, 1))
    : [];
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
    onEnd: (end) => reportEnd(active, datasets, end),
  });
  return active.expansion;
}

/** Whether a run of the last day failed. Each try can take minutes, if the feed answers 504. */
async function hasJustFailed({ tools, connection, hasTables }: ActiveRun): Promise<boolean> {
  if (tools.settings.childStrategy !== 'auto' || !hasTables) return false;
  return readExpansionFailure(connection, tools.source.id, tools.clock.now() - DAY_MS);
}

function reportEnd(
  { tools }: ActiveRun,
  datasets: readonly Dataset[],
  { reason, isFailure }: ExpansionEnd,
): void {
  const { log, progress, clean } = tools;
  const names = datasets.map(({ name }) => name);
  log.main[isFailure ? 'warn' : 'info'](
    { resources: names, reason: clean(reason) },
    'records are requested without their listings',
  );
  progress.report(`${names.join(', ')}: requested separately from now on: ${clean(reason)}`);
}

/** Adds to the run's counts why child records are no longer requested with their parents. Must not be called during a commit. */
export function recordEnd(active: ActiveRun, { datasets, ended }: ExpansionControl): void {
  const end = ended();
  if (end === undefined) return;
  const text = active.tools.clean(end.reason).slice(0, 1000);
  const detail = end.isFailure ? { expansionFailed: text } : { expansionEnded: text };
  for (const { name } of datasets) active.tally = addToTally(active.tally, name, zeroCounts, 0, detail);
}
