import type { Item } from '../../items.ts';
import type { ItemMapping, ValueSettings } from './settings.ts';
import {
  convertDate,
  convertDescription,
  convertLine,
  convertNumber,
  convertUrl,
  createReader,
  type ItemValue,
  type ItemValueReader,
} from './values.ts';

/** Characters of the columns. */
const [MAX_TITLE, MAX_CATEGORY] = [500, 200];

/** A column of an item, and how it is read. */
export type ItemColumn = ItemValueReader & {
  /** Its name in the mapping and in the table. */
  readonly name: string;
  readonly property: Exclude<keyof Item, 'metadata'>;
};

/** The columns that a mapping has. */
export function compileColumns(
  mapping: ItemMapping,
  empty: ReadonlySet<string>,
  html: 'text' | 'keep',
): ItemColumn[] {
  const column = (
    name: string,
    property: ItemColumn['property'],
    settings: ValueSettings | undefined,
    convert: (text: string) => ItemValue,
  ): ItemColumn[] =>
    settings === undefined ? [] : [{ name, property, ...createReader(settings, { name, empty }, convert) }];
  const { title, description, category, url, amount, quantity, published_at: date } = mapping;
  return [
    ...column('title', 'title', title, convertLine('title', MAX_TITLE)),
    ...column('description', 'description', description, convertDescription(html)),
    ...column('category', 'category', category, convertLine('category', MAX_CATEGORY)),
    ...column('url', 'url', url, convertUrl),
    ...column('amount', 'amount', amount, convertNumber('amount', decimalOf(amount))),
    ...column('quantity', 'quantity', quantity, convertNumber('quantity', decimalOf(quantity))),
    ...column('published_at', 'publishedAt', date, convertDate(...formatOf(date))),
  ];
}

function decimalOf(settings: ValueSettings | undefined): '.' | ',' {
  return typeof settings === 'object' && 'from' in settings ? (settings.decimal ?? '.') : '.';
}

function formatOf(settings: ValueSettings | undefined): [format: string | undefined, zone: string] {
  if (typeof settings !== 'object' || !('from' in settings)) return [undefined, 'UTC'];
  return [settings.format, settings.zone ?? 'UTC'];
}
