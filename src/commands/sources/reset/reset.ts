import type { Context } from '../../../app/context.ts';
import { UsageError } from '../../../errors.ts';
import { formatInteger } from '../../../lib/number.ts';
import { hasItemsOfOtherType } from '../../../record/item.ts';
import { hasTables } from '../../../record/tables.ts';
import { resetSource } from '../../../run/items/reset-source.ts';
import { requireCapability } from '../../../sources/source.ts';
import type { Tool } from '../../shared/tool.ts';
import type { ResetFlags } from '../index.ts';

/**
 * Deletes the checkpoint of a source after a confirmation.
 * @throws UsageError if no user can confirm it, and `--yes` is not set.
 */
export async function resetCheckpoint(
  context: Context,
  name: string,
  flags: ResetFlags,
  { confirm, printAdapted: print }: Pick<Tool, 'confirm' | 'printAdapted'>,
): Promise<void> {
  const { tools } = context.sourceNamed(name);
  const { type } = requireCapability(tools.source, 'items', 'sources reset');
  if (!(await hasTables(context.database))) return print(`${name} was never read: there is nothing to reset`);
  if (flags.yes !== true) {
    const items = (await hasItemsOfOtherType(context.database, name, type))
      ? 'Items of its former type are deleted.'
      : 'Its items stay.';
    const answer = await confirm(`Forget how far ${name} was read? ${items}`);
    if (answer === undefined) {
      throw new UsageError('sources reset asks a question, and there is no terminal', {
        op: 'read arguments',
        hint: `trestle-etl sources reset ${name} --yes`,
      });
    }
    if (!answer) return print('nothing was changed');
  }
  const { hadState, deleted } = await resetSource(tools);
  if (deleted > 0)
    return print(
      `${name}: ${formatInteger(deleted)} items of its former type are marked as deleted, and its checkpoint is deleted. ` +
        'The next run reads it from its beginning.',
    );
  return print(
    hadState
      ? `${name}: checkpoint, validators and failures are deleted; stored items stay. The next run requests it without ` +
          'conditions, and reads it from its beginning. Items that did not change are not written.'
      : `${name} has no checkpoint: the next run reads it from its beginning`,
  );
}
