import type { Context } from '../app/context.ts';
import type { Session } from '../db/pool.ts';
import { readItem } from '../record/item.ts';
import { readItemState } from '../record/item-checkpoint.ts';
import { readNeighbours } from '../record/item-neighbours.ts';
import { readRawRecord } from '../record/item-raw.ts';
import { hasTables } from '../record/tables.ts';
import type { ItemReader, Json, RawRecord } from '../sources/items.ts';
import { requireCapability } from '../sources/source.ts';
import type { ItemReport } from './item-report.ts';

type ItemContext = Pick<Context, 'sourceNamed'> & { readonly database: Session };

/** Reads what is stored of one item: its record, its error, when it was seen and changed. Sends no request. */
export async function readItemReport(
  { database, sourceNamed }: ItemContext,
  source: string,
  id: string,
): Promise<ItemReport> {
  const reader = await requireCapability(sourceNamed(source).tools.source, 'items', 'why').load();
  const head = { source, type: reader.type, id };
  const nothing = { ...head, record: null, item: null, now: null, mapping: null, near: [] };
  if (!(await hasTables(database))) return nothing;
  // A long id is stored as its digest.
  const { key } = reader.mapper.map({}, '{}', id);
  const found = (await readRawRecord(database, source, id)) ?? (await readRawRecord(database, source, key));
  const item = (await readItem(database, source, found?.key ?? key)) ?? null;
  if (found === undefined && item === null)
    return { ...nothing, near: await readNeighbours(database, source, id) };
  const state = await readItemState(database, source);
  const record =
    found === undefined
      ? null
      : {
          payload: JSON.parse(found.payload) as Json,
          isItem: found.isProcessed,
          error: found.error,
          attempts: found.attempts,
          readAt: found.ingestedAt,
          mappedAt: found.processedAt,
          run: found.run,
        };
  return {
    ...head,
    record,
    item,
    now: found === undefined || found.isProcessed ? null : mapNow(reader, found.payload),
    mapping: state?.mapShape === undefined || state.mapShape === reader.mapShape ? 'present' : 'former',
    near: [],
  };
}

/** What the present mapping makes of a record that is not an item. */
function mapNow({ mapper, identify }: ItemReader, payload: string): NonNullable<ItemReport['now']> {
  const record = JSON.parse(payload) as RawRecord;
  const { item, error } = mapper.map(record, payload, identify?.(record));
  return { isItem: item !== undefined, error: error ?? null };
}
