import type { Context } from '../../app/context.ts';
import { replayQuarantine } from '../../run/repair/replay-quarantine.ts';
import { unknownKeyError } from './entries.ts';

/** Loads records in quarantine again. @throws UsageError if none of the keys is in quarantine. */
export async function replayEntries(
  { resources, tools }: Context,
  keys: readonly string[],
  print: (text: string) => void,
): Promise<void> {
  const wanted = keys.length === 0 ? undefined : new Set(keys);
  const replayed = await replayQuarantine(tools, resources, wanted, () => unknownKeyError(keys.join(', ')));
  print(`${replayed.good} are valid now and left quarantine, ${replayed.bad} are still invalid`);
}
