import { fitText } from '../../lib/fit-text.ts';
import type { StoredItemRow } from '../../record/item.ts';
import type { Json } from '../../sources/items.ts';

/** What is known of one item. Times are `YYYY-MM-DD hh:mm:ss.mmm` UTC. */
export type WhyItem = {
  readonly source: string;
  readonly type: string;
  /** As the user typed it. */
  readonly id: string;
  /** Null if no record is stored. */
  readonly record: {
    readonly payload: Json;
    readonly isItem: boolean;
    readonly error: string | null;
    /** The times that its result was stored. */
    readonly attempts: number;
    readonly readAt: string;
    readonly mappedAt: string | null;
    readonly run: number;
  } | null;
  readonly item: StoredItemRow | null;
  /** What the present mapping makes of a record that is not an item; null for others. */
  readonly now: { readonly isItem: boolean; readonly error: string | null } | null;
  /** Whether stored items have the present mapping of sources.yaml; null if nothing is stored. */
  readonly mapping: 'present' | 'former' | null;
  /** Ids of stored records that are next to an unknown id. */
  readonly near: readonly string[];
};

const MAX_FIELDS = 40;
const WIDTH = 100;

/** Describes an item for people. */
export function describeItem(why: WhyItem): string {
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

function describeRecord({ record }: WhyItem): string[] {
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

function describeMapping({ source, now, mapping }: WhyItem): string[] {
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
