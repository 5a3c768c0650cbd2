import type { Resource } from '../model.ts';
import { LAST_INSTANT } from '../lib/time.ts';
import { markDue } from '../record/due.ts';
import { heldKeys, parentsOf, quarantinedKeys, readQuarantined, renewReasons } from '../record/quarantine.ts';
import { NO_UTF8, transformer } from '../transform/page.ts';
import type { Active } from './active.ts';
import { commit } from './commit.ts';
import { fenced, stay } from './fenced.ts';

const AT_A_TIME = 100;

/**
 * Sends records in quarantine through the same transform and load again: after a change of the tables or the rules they
 * may fit. A newer row is never overwritten; what is good leaves the quarantine, what is still bad stays, with
 * what is wrong with it now.
 * Of media, the listings' whole sets are fetched anew with the next sync.
 * @param wanted keys; undefined for all.
 */
export async function replay(
  active: Active,
  wanted: ReadonlySet<string> | undefined,
): Promise<{ good: number; bad: number }> {
  let good = 0;
  let bad = 0;
  for (const resource of active.options.resources) {
    for (let last = ''; ;) {
      const keys = await quarantinedKeys(active.connection, resource.name, last, AT_A_TIME);
      if (keys.length === 0) break;
      last = keys.at(-1)!;
      const chosen = keys.filter((key) => wanted?.has(key) ?? true);
      const rows = await replayKeys(active, resource, chosen);
      good += rows;
      bad += chosen.length - rows;
      active.tools.signal.throwIfAborted();
    }
  }
  return { good, bad };
}

async function replayKeys(active: Active, resource: Resource, keys: readonly string[]): Promise<number> {
  if (resource.parent !== undefined) return refetch(active, resource, keys);
  const records: string[] = [];
  for (const key of keys) {
    const entries = await readQuarantined(active.connection, key);
    const own = entries.filter(
      (entry) => entry.resource === resource.name && !entry.reasons.includes(NO_UTF8),
    );
    records.push(...own.map((entry) => entry.raw));
  }
  const { rows, rejects, older } = transformer(resource)({ records, damaged: new Set(), cursor: undefined });
  if (rows.length > 0) {
    const page = { rows, rejects: [], older };
    await commit(active, { resource, page, pages: 0, protectedUpTo: LAST_INSTANT });
  }
  if (rejects.length > 0) {
    await fenced(active, resource, stay, (session) => renewReasons(session, resource.name, rejects));
  }
  // The server may have refused some of them once more.
  const held = await heldKeys(active.connection, resource.name, keys);
  return keys.length - held.size;
}

/** A record of a set may have left it since: the whole set is fetched anew with the next sync. */
async function refetch(active: Active, resource: Resource, keys: readonly string[]): Promise<number> {
  const parents = await parentsOf(active.connection, resource.name, keys);
  await fenced(active, resource, stay, (session) => markDue(session, resource, parents));
  return 0;
}
