import type { Counts } from '../../model/counts.ts';
import { listRawRecords } from '../../record/item-raw.ts';
import type { RunStatus } from '../../record/run-log.ts';
import { requireCapability } from '../../sources/source.ts';
import type { RunTools } from '../active-run.ts';
import { withRun } from '../lifecycle.ts';
import { isComplete } from '../tally.ts';
import { type ItemsRun, startItemsRun } from './items-run.ts';
import { mapAllAgain } from './finish-reprocess.ts';
import { countsOf } from './run-items.ts';

export type ReprocessOutcome = {
  readonly run: number;
  readonly status: RunStatus;
  readonly totals: Counts;
  /** Records whose new id another record has: they are not items. */
  readonly displaced: number;
};

/**
 * Maps all stored records of a source again, with the present mapping and without a request. Items whose record cannot be mapped
 * any more stay as they are, and the record has the reason.
 */
export async function reprocess(tools: RunTools, dryRun: boolean): Promise<ReprocessOutcome> {
  const reader = await requireCapability(tools.source, 'items', 'reprocess').load();
  const options = { mode: 'reprocess', dryRun, resources: [] } as const;
  let displaced = 0;
  const done = await withRun(tools, options, async (active): Promise<RunStatus> => {
    const run = await startItemsRun(active, reader);
    await ensureMapped(run);
    displaced = await mapAllAgain(run);
    return isComplete(active.tally) && displaced === 0 ? 'success' : 'partial';
  });
  return { run: done.id, status: done.status, totals: countsOf(tools, done.tally).totals, displaced };
}

/** @throws ConfigError if the mapping has an expression that is none: every item would lose its value. */
async function ensureMapped({ active, reader }: ItemsRun): Promise<void> {
  if (!active.hasTables || reader.ensureMapped === undefined) return;
  const first = await listRawRecords(active.connection, active.tools.source.id, FIRST_RECORDS, '');
  reader.ensureMapped(first.map(({ payload }) => payload));
}

const FIRST_RECORDS = 200;
