import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';
import { readDeletions } from '../../record/deletion.ts';
import { hasTables } from '../../record/tables.ts';
import { undelete } from '../../run/repair/undelete.ts';
import type { UndeleteFlags } from './index.ts';
import { requireFeed } from '../shared/require-feed.ts';

/** Restores what one run deleted: the rows, and the media that were deleted with them. */
export async function undeleteRun(
  context: Context,
  flags: UndeleteFlags,
  print: (text: string) => void,
): Promise<void> {
  const { database, resources, tools } = context;
  requireFeed(context, 'undelete');
  const dryRun = flags.dryRun ?? false;
  const deletions = (await hasTables(database)) ? await readDeletions(database, flags.run) : [];
  if (deletions.length === 0) {
    throw new UsageError(`run ${flags.run} has no deletions to restore`, {
      op: 'undelete',
      hint: 'trestle-etl status shows the runs; only reconcile runs delete',
    });
  }
  const soft = deletions.filter((deletion) => deletion.isHard === 0);
  const restored = await undelete(tools, { datasets: resources, run: flags.run, deletions: soft, dryRun });
  print(describe(restored, deletions.length - soft.length, dryRun));
}

function describe(restored: number, hard: number, dryRun: boolean): string {
  const lost =
    hard === 0
      ? ''
      : `; ${hard} were removed permanently (--hard): trestle-etl full-load loads again what the feed has`;
  return `${restored} ${dryRun ? 'would be restored' : 'restored'}${lost}`;
}
