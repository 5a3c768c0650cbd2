import type { Context } from '../../app/context.ts';
import { hasTables } from '../../record/tables.ts';
import { purgeQuarantine } from '../../run/repair/purge.ts';
import { NO_TABLES, requireSelection } from './entries.ts';

/** Deletes records from quarantine. */
export async function purgeEntries(
  { database }: Context,
  keys: readonly string[],
  flags: { readonly all?: boolean },
  print: (text: string) => void,
): Promise<void> {
  if (!(await hasTables(database))) return print(NO_TABLES);
  requireSelection('purge', keys, flags.all);
  const purged = await purgeQuarantine(database, keys.length === 0 ? undefined : keys);
  print(`${purged} deleted; records that are still invalid return when the feed sends them again`);
}
