import type { Json, RawRecord } from '../../items.ts';
import { parseAmount, parseQuantity } from '../map/number.ts';
import { guessDate } from './guess-date.ts';
import { valuesOf } from './sample.ts';

/** A guess of one value of `item`. */
export type ValueGuess = {
  readonly name: string;
  /** A field or a template, or a map such as `{ from, format }`. */
  readonly value: string | Readonly<Record<string, string>>;
  /** Why the user should look at it. */
  readonly doubt?: string;
};

export type MappingGuess = {
  readonly values: readonly ValueGuess[];
  /** Fields that are not mapped. */
  readonly rest: readonly string[];
};

/** A field with its values as text; not blank. */
type SampleField = { readonly name: string; readonly texts: readonly string[]; readonly isWhole: boolean };

/** Guesses the mapping of records, by the names of their fields and by what their values are. */
export function guessMapping(records: readonly RawRecord[]): MappingGuess {
  const fields = [...new Set(records.flatMap((record) => Object.keys(record)))].map((name) =>
    describeField(records, name),
  );
  const used = new Set<string>();
  const take = (
    patterns: readonly RegExp[],
    isRight: (field: SampleField) => boolean = isFilled,
  ): SampleField | undefined => {
    const free = fields.filter((field) => !used.has(field.name) && isRight(field));
    const found = patterns.map((pattern) => free.find(({ name }) => pattern.test(name)));
    const field = found.find((each) => each !== undefined);
    if (field !== undefined) used.add(field.name);
    return field;
  };
  const values = [
    guessId(take, fields, used),
    guessTitle(take, fields, used),
    toGuess('url', take(NAMES.url, hasAddresses)) ?? guessNestedUrl(records),
    ...guessDates(take),
    ...guessAmount(take),
    toGuess('quantity', take(NAMES.quantity, hasQuantities)),
    toGuess('category', take(NAMES.category)),
    toGuess('description', take(NAMES.description)),
  ].flatMap((guess) => guess ?? []);
  return { values, rest: fields.map(({ name }) => name).filter((name) => !used.has(name)) };
}

type Take = (
  patterns: readonly RegExp[],
  isRight?: (field: SampleField) => boolean,
) => SampleField | undefined;

const NAMES = {
  id: [
    /^_?id$/i,
    /^(?:guid|uuid|key|code)$/i,
    /(?:[_\s.-]|[a-z](?=I))id$/i,
    /(?:number|num|no|nr|#)\.?$/i,
    /(?:key|code|guid|uuid)$/i,
  ],
  title: [
    /^(?:title|headline|name|subject)$/i,
    /(?:title|name|subject|address|label)/i,
    /^(?:summary|description)$/i,
  ],
  url: [/^(?:url|link|href|permalink|web_?site)$/i, /(?:url|link|href)$/i],
  date: [
    /^(?:published|pub_?date|date|issued?)(?:_?(?:at|on|date))?$/i,
    /(?:issue|publish|created|date|hired|added)/i,
    /(?:updated|modified|time|_at$|_on$)/i,
  ],
  amount: [
    /^(?:amount|price|value|total|cost|rate|fee)$/i,
    /(?:amount|price|valuation|value|cost|fee|total|rate)/i,
  ],
  quantity: [/^(?:quantity|qty|count|units)$/i, /(?:quantity|qty|count|units)$/i],
  category: [
    /^(?:category|type|kind|class|section|topic)$/i,
    /(?:category|type|class|department|office|state|status)/i,
  ],
  description: [
    /^(?:description|summary|body|content|text|details?|remarks?|notes?)$/i,
    /(?:desc|body|summary|remarks|details)/i,
  ],
} as const satisfies Record<string, readonly RegExp[]>;

function guessId(take: Take, fields: readonly SampleField[], used: Set<string>): ValueGuess {
  const sure = take(NAMES.id, (field) => isUnique(field));
  if (sure !== undefined) return { name: 'external_id', value: sure.name };
  const unique = fields.find(isUnique);
  if (unique === undefined) {
    const first = fields[0]?.name ?? 'id';
    return { name: 'external_id', value: first, doubt: 'no field has another value in every record' };
  }
  used.add(unique.name);
  return { name: 'external_id', value: unique.name, doubt: 'every record has another value: is it the id?' };
}

function guessTitle(take: Take, fields: readonly SampleField[], used: Set<string>): ValueGuess {
  const parts = [/^first[_\s]?name$/i, /^last[_\s]?name$/i].map((pattern) =>
    fields.find(({ name }) => pattern.test(name)),
  );
  const [first, last] = parts;
  if (first !== undefined && last !== undefined) {
    used.add(first.name).add(last.name);
    return { name: 'title', value: `{${first.name}} {${last.name}}` };
  }
  const found = take(NAMES.title);
  if (found !== undefined) return { name: 'title', value: found.name };
  const other = fields.find((field) => !used.has(field.name) && isFilled(field)) ?? fields[0];
  return { name: 'title', value: other?.name ?? 'title', doubt: 'no field has a name like title' };
}

/** The address in a map, such as `link: { url }`. */
function guessNestedUrl(records: readonly RawRecord[]): ValueGuess | undefined {
  for (const [name, value] of Object.entries(records[0] ?? {})) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !/^[A-Za-z_]\w*$/.test(name))
      continue;
    const found = Object.entries(value).find(
      ([key, text]) => /^(?:url|href)$/i.test(key) && typeof text === 'string' && /^https?:\/\//i.test(text),
    );
    if (found !== undefined) return { name: 'url', value: `${name}.${found[0]}` };
  }
  return undefined;
}

function guessDates(take: Take): ValueGuess[] {
  const field = take(NAMES.date, ({ texts }) => guessDate(texts) !== undefined);
  const date = field === undefined ? undefined : guessDate(field.texts);
  if (field === undefined || date === undefined) return [];
  const { format, isDoubtful, isLocal } = date;
  const doubt = isDoubtful
    ? { doubt: 'or dd/MM/yyyy' }
    : isLocal
      ? { doubt: 'the dates have no zone, and are read as UTC; with one: { from, zone }' }
      : {};
  const value = format === undefined ? field.name : { from: field.name, format };
  return [{ name: 'published_at', value, ...doubt }];
}

function guessAmount(take: Take): ValueGuess[] {
  const point = take(NAMES.amount, hasAmounts('.'));
  if (point !== undefined) return [{ name: 'amount', value: point.name }];
  const comma = take(NAMES.amount, hasAmounts(','));
  return comma === undefined ? [] : [{ name: 'amount', value: { from: comma.name, decimal: ',' } }];
}

function toGuess(name: string, field: SampleField | undefined): ValueGuess | undefined {
  return field === undefined ? undefined : { name, value: field.name };
}

function describeField(records: readonly RawRecord[], name: string): SampleField {
  const values = valuesOf(records, name);
  const isText = values.every(isScalar);
  return {
    name,
    texts: isText ? values.map(String) : [],
    isWhole: isText && values.length === records.length,
  };
}

function isScalar(value: Json): value is string | number | boolean {
  return typeof value !== 'object';
}

function isFilled({ texts }: SampleField): boolean {
  return texts.length > 0;
}

function isUnique({ texts, isWhole }: SampleField): boolean {
  return isWhole && texts.length > 0 && new Set(texts).size === texts.length;
}

function hasAddresses({ texts }: SampleField): boolean {
  return texts.length > 0 && texts.every((text) => /^https?:\/\//i.test(text));
}

function hasAmounts(decimal: '.' | ','): (field: SampleField) => boolean {
  return ({ texts }) =>
    texts.length > 0 && texts.every((text) => parseAmount(text, decimal).rule === undefined);
}

function hasQuantities({ texts }: SampleField): boolean {
  return texts.length > 0 && texts.every((text) => parseQuantity(text, '.').rule === undefined);
}
