import type { Counts } from '../../model/counts.ts';
import type { Mode } from '../../model/mode.ts';
import type { RunStatus } from '../../record/run-log.ts';
import { requireCapability } from '../../sources/source.ts';
import type { RunTools } from '../active-run.ts';
import { withRun } from '../lifecycle.ts';
import { toRunState } from '../tally.ts';
import { type ItemsOptions, type ItemsResult, loadItems } from './load-items.ts';

/** The result of a run of an item source, for people. */
export type ItemsOutcome = ItemsResult & {
  readonly run: number;
  readonly totals: Counts;
  readonly calls: number;
};

/** Runs one source of items under its lock, with a row in etl_sync_log. @throws EtlError; committed batches stay. */
export async function runItems(
  tools: RunTools,
  options: ItemsOptions & { readonly mode: Mode; readonly dryRun: boolean },
): Promise<ItemsOutcome> {
  const reader = await requireCapability(tools.source, 'items', options.mode).load();
  let result: ItemsResult | undefined;
  const { mode, dryRun } = options;
  const done = await withRun(tools, { mode, dryRun, resources: [] }, async (active): Promise<RunStatus> => {
    result = await loadItems(active, reader, options);
    return result.status;
  });
  tools.progress.end();
  // A run that did not throw has a result.
  return { ...result!, run: done.id, ...countsOf(tools, done.tally) };
}

export function countsOf(tools: RunTools, tally: Parameters<typeof toRunState>[0]) {
  const { totals, calls } = toRunState(tally, tools.source.requests());
  return { totals, calls };
}
