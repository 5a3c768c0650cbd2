import type { Session } from '../../db/pool.ts';
import { purgeQuarantined } from '../../record/quarantine.ts';

/**
 * Removes records from quarantine outside of a run.
 * @param keys undefined for all.
 * @returns how many entries were removed.
 */
export async function purgeQuarantine(
  session: Session,
  keys: readonly string[] | undefined,
): Promise<number> {
  let purged = 0;
  for (const key of keys ?? [undefined]) purged += await purgeQuarantined(session, key);
  return purged;
}
