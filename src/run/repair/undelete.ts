import { chunk } from '../../lib/chunk.ts';
import { normalizeSqlDateTime } from '../../lib/time.ts';
import { childTablesOf, unmarkDeleted } from '../../load/remove.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { type StoredDeletion, markDeletionsUndone } from '../../record/deletion.ts';
import type { ActiveRun, RunTools } from '../active-run.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { withRun } from '../lifecycle.ts';

export type UndeleteOptions = {
  readonly resources: readonly Dataset[];
  /** The run that deleted. */
  readonly run: number;
  readonly deletions: readonly StoredDeletion[];
  readonly dryRun: boolean;
};

/**
 * Takes back deletions of a run that left the rows in place: the rows, and the children that went with them.
 * @returns how many came back, or would with `dryRun`.
 */
export async function undelete(
  tools: RunTools,
  { resources, run, deletions, dryRun }: UndeleteOptions,
): Promise<number> {
  let restored = 0;
  await withRun(tools, { mode: 'undelete', resources: [], dryRun }, async (active) => {
    for (const dataset of resources) {
      const own = deletions.filter((deletion) => deletion.resource === dataset.name);
      restored += dryRun ? own.length : await restore(active, dataset, resources, run, own);
    }
    return 'success';
  });
  return restored;
}

async function restore(
  active: ActiveRun,
  dataset: Dataset,
  all: readonly Dataset[],
  run: number,
  deletions: readonly StoredDeletion[],
): Promise<number> {
  let restored = 0;
  for (const [at, own] of groupByTime(deletions)) {
    for (const part of chunk(own, 500)) {
      const keys = part.map((deletion) => deletion.key);
      restored += await commitFenced(active, dataset, keepWatermark, async (session, _, now) => {
        const back = await unmarkDeleted(session, dataset, childTablesOf(dataset, all), keys, at);
        await markDeletionsUndone(session, run, dataset.name, keys, now);
        return back;
      });
    }
  }
  return restored;
}

/** Rows that were deleted together carry the same time, and so do their media. */
function groupByTime(deletions: readonly StoredDeletion[]): Map<string, StoredDeletion[]> {
  const groups = new Map<string, StoredDeletion[]>();
  for (const deletion of deletions) {
    const at = normalizeSqlDateTime(deletion.at);
    groups.set(at, [...(groups.get(at) ?? []), deletion]);
  }
  return groups;
}
