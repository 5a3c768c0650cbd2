import { readStoredItems } from '../../load/items/stored-items.ts';
import { type Rekey, rekeyItem } from '../../load/items/rekey-items.ts';
import { listRawRecords, listUnprocessed, readRawRecord } from '../../record/item-raw.ts';
import { MOVING_KEY } from '../../model/item.ts';
import { hashText } from '../../transform/hash.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { commitItems } from './commit-items.ts';
import { type ItemsRun, scopeOf } from './items-run.ts';
import { mapStored, type RemappedRecord } from './map-stored.ts';
import { packRecords } from './pack-records.ts';

/** Stored records that are mapped at a time, and the bytes of their payloads. */
const PAGE = { limit: 1000, maxBytes: 8 * 1024 * 1024 };

/** Maps stored records that could not become items again, in the order of their keys, without a request. */
export async function remapUnprocessed(run: ItemsRun): Promise<void> {
  if (!run.active.hasTables) return;
  await forEachPage(run, { list: listUnprocessed, after: '' }, async (records) => {
    const resting = records.filter(({ row }) => !row.key.startsWith(MOVING_KEY));
    await storeMapped(run, resting, false);
    return true;
  });
}

/**
 * Maps all stored records of a source again, in the order of their keys, without a request: once, and from the first record
 * whose key changes on once more. It may be interrupted and start again: what is right already is not written.
 * @returns the number of records whose key another record has. They stay in raw_data with that error.
 */
export async function remapAll(run: ItemsRun): Promise<number> {
  if (!run.active.hasTables) return 0;
  let done = '';
  const isComplete = await forEachPage(run, { list: listRawRecords, after: '' }, async (records) => {
    if (records.some(isMoved)) return false;
    await storeMapped(run, records, true);
    done = records.at(-1)!.row.key;
    return true;
  });
  if (isComplete) return 0;
  let displaced = 0;
  const store = async (records: readonly RemappedRecord[]): Promise<boolean> => {
    displaced += await storeMapped(run, records, true);
    return true;
  };
  await forEachPage(run, { list: listRawRecords, after: done }, async (records) => makeWay(run, records));
  await forEachPage(run, { list: listRawRecords, after: done }, store);
  // Keys of records that were in the way sort before those that are done.
  if (done >= MOVING_KEY)
    await forEachPage(run, { list: listRawRecords, after: MOVING_KEY }, async (records) => {
      const moving = records.filter(({ row }) => row.key.startsWith(MOVING_KEY));
      return moving.length > 0 && store(moving);
    });
  return displaced;
}

type Pages = { readonly list: typeof listRawRecords; readonly after: string };

/** @param work returns false to end. @returns whether all pages were worked on. */
async function forEachPage(
  run: ItemsRun,
  { list, after }: Pages,
  work: (records: readonly RemappedRecord[]) => Promise<boolean>,
): Promise<boolean> {
  const { connection, tools } = run.active;
  for (let last = after; ;) {
    const rows = await list(connection, tools.source.id, PAGE.limit, last, PAGE.maxBytes);
    if (rows.length === 0) return true;
    last = rows.at(-1)!.key;
    if (!(await work(rows.map((row) => mapStored(run.reader, row))))) return false;
    tools.signal.throwIfAborted();
  }
}

function isMoved({ row, record }: RemappedRecord): boolean {
  return record.key !== row.key;
}

/** Takes the former keys of records that get another one out of the way: the new key of one can be the former key of another. */
async function makeWay(run: ItemsRun, records: readonly RemappedRecord[]): Promise<boolean> {
  const { active } = run;
  const moved = records
    .filter((each) => isMoved(each) && !each.row.key.startsWith(MOVING_KEY))
    .map(({ row }) => ({ from: row.key, to: `${MOVING_KEY}${hashText(row.key)}` }));
  if (moved.length > 0 && !active.options.dryRun)
    await commitFenced(active, { name: active.tools.source.id }, keepWatermark, async (session, _, at) => {
      const scope = scopeOf(run, at, false);
      for (const each of moved) await rekeyItem(session, scope, each, undefined);
    });
  return true;
}

/**
 * @param countsAll whether records that still cannot be items are counted: a later read of the source counts them too.
 * @returns the number of records whose key another record has.
 */
async function storeMapped(
  run: ItemsRun,
  mapped: readonly RemappedRecord[],
  countsAll: boolean,
): Promise<number> {
  const moved = mapped.filter(isMoved).map(({ row, record }) => ({ from: row.key, to: record.key }));
  const displaced = moved.length === 0 ? new Set<string>() : await rekeyAll(run, moved);
  const records = mapped
    .filter(({ row, record }) => !displaced.has(row.key) && (countsAll || record.item !== undefined))
    .map(({ record }) => record);
  if (records.length > 0) {
    const pack = packRecords(records, { method: run.method, maxBytes: run.active.maxBytes });
    await commitItems(run, { pack, next: undefined, isRead: false });
    run.hasRemapped = true;
  }
  return displaced.size;
}

/** @returns the former keys of records whose new key another record has. */
async function rekeyAll(run: ItemsRun, moved: readonly Rekey[]): Promise<ReadonlySet<string>> {
  const { active, reader } = run;
  const { id: name } = active.tools.source;
  if (active.options.dryRun) return new Set();
  const keys = [...new Set(moved.map(({ to }) => to))];
  const stored = await readStoredItems(active.connection, { type: reader.type, name }, keys);
  return commitFenced(active, { name }, keepWatermark, async (session, _, at) => {
    const displaced = new Set<string>();
    const scope = scopeOf(run, at, false);
    const given = new Set<string>();
    for (const each of moved) {
      const other = given.has(each.to) ? TAKEN : stored.get(each.to);
      if (other?.raw !== undefined) displaced.add(each.from);
      given.add(each.to);
      await rekeyItem(session, scope, each, other);
    }
    return displaced;
  });
}

/** What is stored of a record of the same page that got the key first. */
const TAKEN = {
  raw: { hash: '', isProcessed: false, error: null },
  item: { id: 0, hash: '', isDeleted: false },
};

/** Maps the records with these keys again, unless they are items already. */
export async function remapKeys(run: ItemsRun, keys: readonly string[]): Promise<void> {
  const { connection, tools } = run.active;
  for (const key of keys) {
    const row = await readRawRecord(connection, tools.source.id, key);
    if (row?.isProcessed === false) await storeMapped(run, [mapStored(run.reader, row)], false);
  }
}
