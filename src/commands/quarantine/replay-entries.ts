import type { Context } from '../../app/context.ts';
import { hasTables } from '../../record/tables.ts';
import { replayQuarantine } from '../../run/repair/replay-quarantine.ts';
import { NO_TABLES, requireSelection, unknownKeyError } from './entries.ts';

/** Loads records in quarantine again. @throws UsageError if none of the keys is in quarantine. */
export async function replayEntries(
  { database, resources, tools }: Context,
  keys: readonly string[],
  flags: { readonly all?: boolean },
  print: (text: string) => void,
): Promise<void> {
  if (!(await hasTables(database))) return print(NO_TABLES);
  requireSelection('replay', keys, flags.all);
  const wanted = keys.length === 0 ? undefined : new Set(keys);
  const replayed = await replayQuarantine(tools, resources, wanted, () => unknownKeyError(keys.join(', ')));
  print(`${replayed.good} are valid now and left quarantine, ${replayed.bad} are still invalid`);
}
