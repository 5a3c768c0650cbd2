import type { Context } from '../../app/context.ts';
import { purgeQuarantine } from '../../run/repair/purge.ts';

/** Deletes records from quarantine. */
export async function purgeEntries(
  { database }: Context,
  keys: readonly string[],
  print: (text: string) => void,
): Promise<void> {
  const purged = await purgeQuarantine(database, keys.length === 0 ? undefined : keys);
  print(`${purged} deleted; records that are still invalid return when the feed sends them again`);
}
