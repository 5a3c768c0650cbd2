import type { Context } from '../../app/context.ts';
import { UsageError } from '../../errors.ts';
import { formatInteger } from '../../lib/number.ts';
import { formatTable } from '../../lib/table.ts';
import { countItems } from '../../record/item.ts';
import { listUnprocessed, type RawItem, readRawRecord } from '../../record/item-raw.ts';
import { purgeUnmapped, replayUnmapped } from '../../run/items/quarantine.ts';
import type { Json } from '../../sources/items.ts';
import type { Print } from '../shared/tool.ts';
import { limitEntries } from './entries.ts';
import type { ListFlags, ShowFlags } from './index.ts';

// Records of item sources that cannot be items.

/** Lists the records of a source that cannot be items. */
export async function listUnmapped(
  { database }: Context,
  source: string,
  flags: ListFlags,
  print: Print,
): Promise<void> {
  const { shown: records, more } = limitEntries(
    await listUnprocessed(database, source, flags.last + 1),
    flags.last,
  );
  if (flags.json === true) return print(JSON.stringify(records.map(toReport), null, 2));
  if (records.length === 0) return print(`${source}: every stored record is an item`);
  const rows = records.map(({ key, ingestedAt, attempts, error }) => [
    key,
    ingestedAt.slice(0, 19),
    String(attempts),
    (error ?? '').slice(0, 100),
  ]);
  const table = formatTable([['id', 'read (UTC)', 'times', 'reason'], ...rows], new Set([2]));
  return print([...table, ...more].join('\n'));
}

/** Counts the records of all configured sources that cannot be items, a line for each that has some. @returns whether one has. */
export async function countUnmapped({ database, sources }: Context, print: Print): Promise<boolean> {
  const names = new Set(sources.map(({ id }) => id));
  const all = await countItems(database);
  const counts = all.filter(({ source, unprocessed }) => names.has(source) && unprocessed > 0);
  for (const { source, unprocessed } of counts) {
    print(
      `${source}: ${formatInteger(unprocessed)} record(s) that cannot be items: trestle-etl quarantine list --source ${source}`,
    );
  }
  return counts.length > 0;
}

/** Shows one record that cannot be an item as it was received. @throws UsageError if there is no such record. */
export async function showUnmapped(
  { database }: Context,
  source: string,
  key: string,
  flags: ShowFlags,
  print: Print,
): Promise<void> {
  const record = await readRawRecord(database, source, key);
  if (record === undefined || record.isProcessed) throw unknownError(source, [key]);
  const report = toReport(record);
  if (flags.json === true) return print(JSON.stringify(report, null, 2));
  const { ingestedAt, attempts, run, error } = record;
  return print(
    [
      `${source}/${key}: read ${ingestedAt.slice(0, 19)} UTC by run ${run}, tried ${attempts} time(s)`,
      `  ${error ?? ''}`,
      JSON.stringify(report.payload, null, 2),
    ].join('\n'),
  );
}

/** Maps records again. @throws UsageError if none of the keys is such a record. */
export async function replayItems(
  context: Context,
  source: string,
  keys: readonly string[],
  print: Print,
): Promise<void> {
  const { tools } = context.sourceNamed(source);
  const wanted = keys.length === 0 ? undefined : keys;
  const { good, bad } = await replayUnmapped(tools, wanted, () => unknownError(source, keys));
  print(`${good} are items now, ${bad} still cannot be items`);
}

/** Deletes records that cannot be items. */
export async function purgeItems(
  context: Context,
  source: string,
  keys: readonly string[],
  print: Print,
): Promise<void> {
  const { tools } = context.sourceNamed(source);
  const purged = await purgeUnmapped(tools, keys.length === 0 ? undefined : keys);
  print(
    `${purged} deleted; records that the source still has return when it is read from its beginning: trestle-etl full-load ${source}`,
  );
}

function toReport({ payload, ...record }: RawItem): Omit<RawItem, 'payload'> & { readonly payload: Json } {
  return { ...record, payload: JSON.parse(payload) as Json };
}

function unknownError(source: string, keys: readonly string[]): UsageError {
  return new UsageError(`${source} has no record ${keys.join(', ')} that cannot be an item`, {
    op: 'read quarantine',
    hint: `trestle-etl quarantine list --source ${source} shows their ids`,
  });
}
