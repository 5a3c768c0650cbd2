import { ImplausibleDataError } from '../../errors.ts';
import { countLiveItems, listItemsOfRun, listLiveItems } from '../../load/items/absent-items.ts';
import { addToTally, zeroCounts } from '../tally.ts';
import type { ItemsRun } from './items-run.ts';
import { markDeleted } from './mark-deleted.ts';
import { createSeenIds } from './seen-ids.ts';

/** Items that are checked and marked per statement. */
const PAGE = 5000;

export type DeleteRules = { readonly maxDeletePercent: number; readonly force: boolean };

/**
 * Marks items as deleted that a complete read did not have.
 * @param records the number of records that the source has.
 * @throws ImplausibleDataError if the source is empty, or if too many items would be deleted. Nothing was deleted.
 */
export async function deleteAbsent(
  run: ItemsRun,
  records: number,
  { maxDeletePercent, force }: DeleteRules,
): Promise<void> {
  const { active } = run;
  const { connection, tools } = active;
  const { id: name } = tools.source;
  if (!active.hasTables) return;
  const live = await countLiveItems(connection, name);
  const absent = await findAbsent(run);
  if (absent.length === 0) return;
  const percent = (absent.length / live) * 100;
  if (records === 0 || (!force && percent > maxDeletePercent))
    throw createRefusal(name, { absent: absent.length, live, percent, records, maxDeletePercent });
  if (active.options.dryRun) {
    active.tally = addToTally(active.tally, name, { ...zeroCounts, deleted: absent.length }, 0);
    return;
  }
  for (let start = 0; start < absent.length; start += PAGE)
    await markDeleted(active, absent.slice(start, start + PAGE));
}

/** Remembers the items that this run has made of stored records, before it reads the source. */
export async function listRemade(run: ItemsRun): Promise<void> {
  const { connection, tools, id } = run.active;
  const remade: number[] = [];
  for (let last = 0; ;) {
    const ids = await listItemsOfRun(connection, tools.source.id, id, last, PAGE);
    if (ids.length === 0) break;
    remade.push(...ids);
    last = ids.at(-1)!;
  }
  run.remade = remade;
  run.seen = createSeenIds();
}

/** Whether a full-load with another mapping left items as they were: the source no longer has them. */
export async function hasUnseenItems(run: ItemsRun): Promise<boolean> {
  const { active, reader, state } = run;
  if (!active.hasTables || state?.mapShape === reader.mapShape) return false;
  return (await findAbsent(run)).length > 0;
}

/** Ids of items that this run neither saw nor wrote, except from stored records. */
async function findAbsent({ active, seen, remade }: ItemsRun): Promise<number[]> {
  const { connection, tools, id } = active;
  const absent = remade.filter((each) => !seen.has(each));
  for (let last = 0; ;) {
    const ids = await listLiveItems(connection, tools.source.id, id, last, PAGE);
    if (ids.length === 0) return absent;
    for (const each of ids) if (!seen.has(each)) absent.push(each);
    last = ids.at(-1)!;
  }
}

function createRefusal(
  name: string,
  found: {
    readonly absent: number;
    readonly live: number;
    readonly percent: number;
    readonly records: number;
    readonly maxDeletePercent: number;
  },
): ImplausibleDataError {
  const { absent, live, percent, records, maxDeletePercent } = found;
  if (records === 0)
    return new ImplausibleDataError(
      `${name}: the source is empty, and ${live} items are stored: nothing was deleted`,
      {
        op: 'delete absent items',
        hint: `check the source; if it really is empty, delete its items yourself or set deletes: never`,
      },
    );
  return new ImplausibleDataError(
    `${name}: ${absent} of ${live} items (${percent.toFixed(1)} %) are absent from the source, more than the ` +
      `${maxDeletePercent} % that may be deleted at once: nothing was deleted`,
    {
      op: 'delete absent items',
      hint: `check the source first; if they really were removed: trestle-etl sync ${name} --force`,
    },
  );
}
