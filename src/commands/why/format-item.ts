import { fitText } from '../../lib/fit-text.ts';
import type { StoredItemRow } from '../../record/item.ts';
import type { ItemReport } from '../../report/item-report.ts';
import type { Json } from '../../sources/items.ts';

const MAX_FIELDS = 40;
const WIDTH = 100;

/** Describes an item for people. */
export function describeItem(why: ItemReport): string {
  const { source, id, record, item, near } = why;
  const head = `item ${source}/${id}`;
  if (record === null && item === null) {
    const ids = near.map((each) => `    ${source}/${fitText(each, WIDTH)}`);
    return [
      head,
      '  stored: no record with this id',
      ...(ids.length === 0 ? [] : ['  ids next to it:', ...ids]),
    ].join('\n');
  }
  return [head, ...describeStored(item), ...describeRecord(why), ...describeMapping(why)].join('\n');
}

const COLUMNS = ['title', 'category', 'amount', 'quantity', 'url', 'published_at', 'description', 'metadata'];

function describeStored(item: StoredItemRow | null): string[] {
  if (item === null) return ['  item: none'];
  const values = COLUMNS.filter((column) => (item[column] ?? null) !== null);
  return [
    `  item: id ${item['id']}, first seen ${shortTime(item['first_seen_at'])}, changed ${shortTime(item['updated_at'])} UTC ` +
      `by run ${item['run_id']}`,
    ...(item['deleted_at'] === null
      ? []
      : [`  deleted: ${shortTime(item['deleted_at'])} UTC, because a complete read did not have it`]),
    ...values.map((column) => `    ${column}: ${fitText(String(item[column]), WIDTH)}`),
  ];
}

function describeRecord({ record }: ItemReport): string[] {
  if (record === null) return ['  record: none is stored'];
  const { payload, error, attempts, readAt, run } = record;
  const entries = Object.entries(payload as Record<string, Json>);
  const more = entries.length - MAX_FIELDS;
  return [
    ...(error === null
      ? []
      : [`  not an item: ${error} (tried ${attempts} time${attempts === 1 ? '' : 's'})`]),
    `  record: read ${shortTime(readAt)} UTC by run ${run}`,
    ...entries
      .slice(0, MAX_FIELDS)
      .map(
        ([name, value]) =>
          `    ${name}: ${fitText(typeof value === 'string' ? value : JSON.stringify(value), WIDTH)}`,
      ),
    ...(more > 0 ? [`    … ${more} more fields: --json shows all`] : []),
  ];
}

function describeMapping({ source, now, mapping }: ItemReport): string[] {
  if (now?.isItem === true) return [`  mapping: the present one can map it: trestle-etl reprocess ${source}`];
  if (mapping === 'former')
    return [`  mapping: changed since: trestle-etl reprocess ${source} maps stored records again`];
  return now === null
    ? ['  mapping: the present one']
    : [`  mapping: the present one cannot map it: ${now.error}`];
}

function shortTime(time: string | number | null | undefined): string {
  return String(time).slice(0, 19);
}
