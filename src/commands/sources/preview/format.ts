import { fitText, formatSideBySide } from '../../../lib/fit-text.ts';
import { formatInteger } from '../../../lib/number.ts';
import type { Item, ItemRecord, Json, SourceType } from '../../../sources/items.ts';
import { findDoubts, type Preview } from './collect.ts';

export type Tested = {
  readonly source: string;
  readonly type: SourceType;
  /** The mapped fields. */
  readonly fields: readonly string[];
  readonly advice: readonly string[];
};

/** Two columns and the space between them fit a terminal of 80 columns. */
const COLUMN = 38;
const MAX_FIELDS = 12;
const MAX_IDS = 3;

/** Formats the result of a test: the first records beside their items, then what was counted, then what looks wrong. */
export function formatPreview(tested: Tested, preview: Preview): string {
  const { source, type, advice } = tested;
  const { records, items, samples } = preview;
  const warnings = [...preview.warnings, ...findDoubts(preview, type), ...advice];
  return [
    `${source} (${type}): ${count(records, 'record')} read, ${count(items, 'item')}; nothing was written`,
    ...formatPages(preview),
    ...samples.flatMap((record, at) => ['', ...formatSample(record, at + 1, tested.fields)]),
    ...formatCounts('Records without a mapped field:', preview.missing),
    ...formatCounts('Values that were cut or could not be read:', preview.notes),
    ...formatCounts('Records that cannot be items:', preview.errors),
    ...(warnings.length === 0 ? [] : ['', 'Warnings:', ...warnings.map((warning) => `  ${warning}`)]),
  ].join('\n');
}

function formatPages({ pages }: Preview): string[] {
  return pages.map(({ place, keys }) => {
    const ids = keys.slice(0, MAX_IDS).map((key) => fitText(key, 24));
    return `  ${place}; ids start with ${ids.join(', ')}`;
  });
}

function formatSample(record: ItemRecord, nth: number, fields: readonly string[]): string[] {
  const title = fitText(`Record ${nth}: ${record.place}`, COLUMN);
  const lines = formatSideBySide(listRaw(record.payload), listItem(record, fields), COLUMN);
  return [
    ...formatSideBySide([title], [record.item === undefined ? 'Not an item' : 'Item'], COLUMN),
    ...lines,
  ];
}

function listRaw(payload: string): string[] {
  const entries = Object.entries(JSON.parse(payload) as Record<string, Json>);
  const lines = entries.slice(0, MAX_FIELDS).map(([name, value]) => `${name}: ${formatValue(value)}`);
  const more = entries.length - lines.length;
  return more === 0 ? lines : [...lines, `… ${count(more, 'more field')}`];
}

/** The columns of a mapped field. */
const PROPERTIES: Readonly<Record<string, keyof Item>> = {
  title: 'title',
  description: 'description',
  category: 'category',
  url: 'url',
  amount: 'amount',
  quantity: 'quantity',
  published_at: 'publishedAt',
};

function listItem({ key, item, error }: ItemRecord, fields: readonly string[]): string[] {
  if (item === undefined) return [error ?? ''];
  const mapped = Object.entries(PROPERTIES).filter(([name]) => fields.includes(name));
  return [
    `external_id: ${key}`,
    ...mapped.map(([name, property]) => `${name}: ${item[property] ?? 'NULL'}`),
    ...(item.metadata === '{}' ? [] : [`metadata: ${item.metadata}`]),
  ];
}

function formatValue(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function formatCounts(title: string, counts: ReadonlyMap<string, number>): string[] {
  if (counts.size === 0) return [];
  const sorted = [...counts].toSorted(([, one], [, other]) => other - one);
  return ['', title, ...sorted.map(([text, number]) => `  ${formatInteger(number)}  ${text}`)];
}

function count(number: number, noun: string): string {
  return `${formatInteger(number)} ${noun}${number === 1 ? '' : 's'}`;
}
