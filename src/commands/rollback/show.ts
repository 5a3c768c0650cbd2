import type { Context } from '../../app/context.ts';
import { requireCapability } from '../../sources/source.ts';
import { rollbackRelease } from '../../run/release/rollback.ts';
import { refuseItems } from '../shared/refuse-items.ts';
import type { RollbackFlags } from './index.ts';

/** Publishes an earlier release of a source again. */
export async function showRollback(
  context: Context,
  source: string,
  flags: RollbackFlags,
  print: (text: string) => void,
): Promise<void> {
  const { tools } = context.sourceNamed(source);
  refuseItems({ tools }, 'rollback', 'releases');
  requireCapability(tools.source, 'release', 'rollback');
  const { from, to } = await rollbackRelease(tools, flags.run);
  const published = `${source}: release ${to.id} of ${to.startedAt.slice(0, 16)} UTC is published again, in place of ${from.id}.`;
  const next =
    to.id < from.id
      ? `sync does not load ${from.id} again until the publisher changes it; trestle-etl rollback ${source} --run ${from.id} publishes it again, until the next import`
      : `trestle-etl rollback ${source} goes back to ${from.id}`;
  print(`${published}\n${next}`);
}
