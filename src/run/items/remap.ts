import { type Rekey, rekeyItem } from '../../load/items/rekey-items.ts';
import { readStoredItems } from '../../load/items/stored-items.ts';
import { listRawRecords, listUnprocessed, type RawItem, readRawRecord } from '../../record/item-raw.ts';
import type { ItemRecord, RawRecord } from '../../sources/items.ts';
import { isWithoutId } from '../../model/item.ts';
import { hashText } from '../../transform/hash.ts';
import { commitFenced, keepWatermark } from '../fence.ts';
import { commitItems } from './commit-items.ts';
import { type ItemsRun, scopeOf } from './items-run.ts';
import { packRecords } from './pack-records.ts';

/** Stored records that are mapped at a time. */
const PAGE = 1000;

/** Begins the key of a record that is about to get another one, or whose own key another record has. */
const MOVING = 'rekey:';

/**
 * Maps stored records again, in the order of their keys, without a request: all of a source, or only those that could not become
 * items. It may be interrupted and start again: what is right already is not written.
 * @returns the number of records whose key another record has. They stay in raw_data with that error.
 */
export async function remap(run: ItemsRun, which: 'all' | 'unprocessed'): Promise<number> {
  const { active } = run;
  if (!active.hasTables) return 0;
  let displaced = 0;
  if (which === 'all') {
    await forEachPage(run, listRawRecords, (rows) => makeWay(run, rows));
    await forEachPage(
      run,
      listRawRecords,
      async (rows) => void (displaced += await remapPage(run, rows, true)),
    );
    return displaced;
  }
  await forEachPage(run, listUnprocessed, async (rows) => {
    await remapPage(
      run,
      rows.filter(({ key }) => !key.startsWith(MOVING)),
      false,
    );
  });
  return 0;
}

async function forEachPage(
  { active: { connection, tools } }: ItemsRun,
  list: typeof listRawRecords,
  work: (rows: readonly RawItem[]) => Promise<void>,
): Promise<void> {
  for (let last = ''; ;) {
    const rows = await list(connection, tools.source.id, PAGE, last);
    if (rows.length === 0) return;
    last = rows.at(-1)!.key;
    await work(rows);
    tools.signal.throwIfAborted();
  }
}

/** Takes the former keys of records that get another one out of the way: the new key of one can be the former key of another. */
async function makeWay(run: ItemsRun, rows: readonly RawItem[]): Promise<void> {
  const { active } = run;
  if (active.options.dryRun) return;
  const moved = rows.flatMap((row) => {
    const isMoving = row.key.startsWith(MOVING) || mapAgain(run, row).key === row.key;
    return isMoving ? [] : [{ from: row.key, to: `${MOVING}${hashText(row.key)}` }];
  });
  if (moved.length === 0) return;
  await commitFenced(active, { name: active.tools.source.id }, keepWatermark, async (session, _, at) => {
    const scope = scopeOf(run, at, false);
    for (const each of moved) await rekeyItem(session, scope, each, undefined);
  });
}

/**
 * @param countsAll whether records that still cannot be items are counted: a later read of the source counts them too.
 * @returns the number of records whose key another record has.
 */
async function remapPage(run: ItemsRun, rows: readonly RawItem[], countsAll: boolean): Promise<number> {
  const { active } = run;
  const mapped = rows.map((row) => ({ row, record: mapAgain(run, row) }));
  const moved = mapped.flatMap(({ row, record }) =>
    record.key === row.key ? [] : [{ from: row.key, to: record.key }],
  );
  const displaced = moved.length === 0 ? new Set<string>() : await rekeyAll(run, moved);
  const records = mapped
    .filter(({ row, record }) => !displaced.has(row.key) && (countsAll || record.item !== undefined))
    .map(({ record }) => record);
  if (records.length > 0) {
    const pack = await packRecords(records, { method: run.method, maxBytes: active.maxBytes });
    await commitItems(run, { pack, next: undefined, isRead: false });
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

/** A record that cannot become an item keeps its key, so that its item stays the same one. */
function mapAgain({ reader }: ItemsRun, row: RawItem): Omit<ItemRecord, 'missing'> {
  const { key, payload, error } = row;
  const place = 'raw_data';
  const record = JSON.parse(payload) as RawRecord;
  if (isUnreadable(row, record))
    return { key, payload, place, item: undefined, error: error ?? undefined, notes: [] };
  const mapped = reader.mapper.map(record, payload, reader.identify?.(record));
  return { ...mapped, key: mapped.item === undefined ? key : mapped.key, payload, place };
}

/** Whether only the text of a record is stored, or only its size: mapping it again cannot help. */
function isUnreadable({ key, isProcessed }: RawItem, record: RawRecord): boolean {
  if (isProcessed) return false;
  const names = Object.keys(record).sort().join();
  return names === 'bytes' || (isWithoutId(key) && names === 'line,raw');
}

/** Maps the records with these keys again, unless they are items already. */
export async function remapKeys(run: ItemsRun, keys: readonly string[]): Promise<void> {
  const { connection, tools } = run.active;
  for (const key of keys) {
    const row = await readRawRecord(connection, tools.source.id, key);
    if (row?.isProcessed === false) await remapPage(run, [row], false);
  }
}
