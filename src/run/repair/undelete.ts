import { chunk } from '../../lib/chunk.ts';
import { normalizeSqlDateTime } from '../../lib/time.ts';
import { childTablesOf, unmarkDeleted } from '../../load/remove.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { type StoredDeletion, markDeletionsUndone } from '../../record/deletion.ts';
import type { ActiveRun, RunTools } from '../active-run.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { withRun } from '../lifecycle.ts';

export type UndeleteOptions = {
  readonly datasets: readonly Dataset[];
  /** The run that deleted the records. */
  readonly run: number;
  readonly deletions: readonly StoredDeletion[];
  readonly dryRun: boolean;
};

/**
 * Restores soft-deleted records of a run, and the children that were deleted along with them.
 * @returns how many were restored, or would be with `dryRun`.
 */
export async function undelete(
  tools: RunTools,
  { datasets, run, deletions, dryRun }: UndeleteOptions,
): Promise<number> {
  let restored = 0;
  await withRun(tools, { mode: 'undelete', resources: [], dryRun }, async (active) => {
    for (const dataset of datasets) {
      const own = deletions.filter((deletion) => deletion.resource === dataset.name);
      restored += dryRun ? own.length : await restore(active, dataset, datasets, run, own);
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
        const times = { deletedAt: at, now };
        const count = await unmarkDeleted(session, dataset, childTablesOf(dataset, all), keys, times);
        await markDeletionsUndone(session, run, dataset.name, keys, now);
        return count;
      });
    }
  }
  return restored;
}

/** Rows that were deleted together have the same time, and so do their media. */
function groupByTime(deletions: readonly StoredDeletion[]): Map<string, StoredDeletion[]> {
  const groups = new Map<string, StoredDeletion[]>();
  for (const deletion of deletions) {
    const at = normalizeSqlDateTime(deletion.at);
    groups.set(at, [...(groups.get(at) ?? []), deletion]);
  }
  return groups;
}
