import type { Context } from '../app/context.ts';
import { hasTables } from '../db/migrate.ts';
import { UsageError } from '../errors.ts';
import { chunk } from '../lib/chunk.ts';
import { fullSqlDateTime } from '../lib/time.ts';
import { childrenOf, unmarkDeleted } from '../load/remove.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { deletionsOf, type Journalled, markUndone } from '../record/deletion.ts';
import type { Active } from '../run/active.ts';
import { fenced, stay } from '../run/fence.ts';
import { withRun } from '../run/lifecycle.ts';

export type UndeleteFlags = { readonly run: number; readonly dryRun?: boolean };

/** Takes back what one run deleted: the rows, and the media that went with them. */
export async function undeleteCommand(
  context: Context,
  flags: UndeleteFlags,
  say: (text: string) => void,
): Promise<void> {
  const dryRun = flags.dryRun ?? false;
  let text = '';
  const deletions = (await hasTables(context.database)) ? await deletionsOf(context.database, flags.run) : [];
  if (deletions.length === 0) {
    throw new UsageError(`run ${flags.run} has no deletions that could be taken back`, {
      op: 'undelete',
      hint: 'trestle-etl status shows the runs; reconcile runs delete',
    });
  }
  await withRun(context.tools, { mode: 'undelete', resources: [], dryRun }, async (active) => {
    const soft = deletions.filter((deletion) => deletion.isHard === 0);
    let restored = 0;
    for (const resource of context.resources) {
      const own = soft.filter((deletion) => deletion.resource === resource.name);
      restored += dryRun ? own.length : await restore(active, resource, context.resources, flags.run, own);
    }
    text = describe(restored, deletions.length - soft.length, dryRun);
    return 'success';
  });
  say(text);
}

async function restore(
  active: Active,
  resource: Dataset,
  all: readonly Dataset[],
  run: number,
  deletions: readonly Journalled[],
): Promise<number> {
  let restored = 0;
  for (const [at, own] of groupByTime(deletions)) {
    for (const part of chunk(own, 500)) {
      const keys = part.map((deletion) => deletion.key);
      restored += await fenced(active, resource, stay, async (session, _, now) => {
        const back = await unmarkDeleted(session, resource, childrenOf(resource, all), keys, at);
        await markUndone(session, run, resource.name, keys, now);
        return back;
      });
    }
  }
  return restored;
}

/** Rows that were deleted together carry the same time, and so do their media. */
function groupByTime(deletions: readonly Journalled[]): Map<string, Journalled[]> {
  const groups = new Map<string, Journalled[]>();
  for (const deletion of deletions) {
    const at = fullSqlDateTime(deletion.at);
    groups.set(at, [...(groups.get(at) ?? []), deletion]);
  }
  return groups;
}

function describe(restored: number, hard: number, dryRun: boolean): string {
  const lost =
    hard === 0
      ? ''
      : `; ${hard} were removed for good (--hard): trestle-etl full-load brings back what the feed has`;
  return `${restored} ${dryRun ? 'would come back' : 'came back'}${lost}`;
}
