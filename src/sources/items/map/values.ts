import type { Json, RawRecord } from '../../items.ts';
import { createDateParser } from './date.ts';
import { toPlainText } from './html.ts';
import { parseAmount, parseQuantity } from './number.ts';
import { compileValue } from './read-value.ts';
import type { ValueSettings } from './settings.ts';
import { cleanText, cutText, toLine, toText } from './text.ts';

/** A value of an item. A note is a sentence without the value. */
export type ItemValue = {
  readonly value: string | null;
  readonly note?: string;
  /** The whole text if `value` is only its start. */
  readonly whole?: string;
};

/** Reads one value of an item; undefined: the record does not have the field. */
export type ItemValueReader = {
  readonly read: (record: RawRecord) => ItemValue | undefined;
  /** The fields of a record that it uses up. */
  readonly fields: readonly string[];
};

export type ValueOptions = {
  readonly name: string;
  /** Texts that mean nothing. */
  readonly empty: ReadonlySet<string>;
};

const NOTHING: ItemValue = { value: null };

/** @param convert is called with texts that are not blank and mean something. */
export function createReader(
  settings: ValueSettings,
  { name, empty }: ValueOptions,
  convert: (text: string) => ItemValue,
): ItemValueReader {
  if (typeof settings === 'object' && 'text' in settings) {
    const value = convert(settings.text);
    return { read: () => value, fields: [] };
  }
  const { read, fields } = compileValue(typeof settings === 'string' ? settings : settings.from);
  const notText = { value: null, note: `${name} is not a text or a number` };
  const convertJson = (found: Json): ItemValue => {
    const text = toText(found);
    if (text === undefined) return notText;
    if (text === null || text.trim() === '' || empty.has(text.trim())) return NOTHING;
    return convert(text);
  };
  return {
    read: (record) => {
      const found = read(record);
      return found === undefined ? undefined : convertJson(found);
    },
    fields,
  };
}

/** A text of one line, such as a title. */
export function convertLine(name: string, max: number): (text: string) => ItemValue {
  return (text) => {
    const line = toLine(toPlainText(cleanText(text)));
    if (line === '') return NOTHING;
    const cut = cutText(line, max);
    return cut === undefined
      ? { value: line }
      : { value: cut, whole: line, note: `${name} was cut to ${max} characters` };
  };
}

/** Characters of MEDIUMTEXT, which has 16 MB, if each takes four bytes. */
const MAX_DESCRIPTION = 4_000_000;

export function convertDescription(html: 'text' | 'keep'): (text: string) => ItemValue {
  return (text) => {
    const clean = cleanText(text);
    const plain = (html === 'keep' ? clean : toPlainText(clean)).trim();
    if (plain === '') return NOTHING;
    const cut = cutText(plain, MAX_DESCRIPTION);
    return cut === undefined
      ? { value: plain }
      : { value: cut, note: `description was cut to ${MAX_DESCRIPTION} characters` };
  };
}

const MAX_URL = 2048;

export function convertUrl(text: string): ItemValue {
  const url = cleanText(text).trim();
  const isHttp = /^https?:\/\//i.test(url) && URL.canParse(url) && !/\s/.test(url);
  if (!isHttp) return { value: null, note: 'url is not an http or https address' };
  if (url.length > MAX_URL) return { value: null, note: `url is longer than ${MAX_URL} characters` };
  return { value: url };
}

export function convertNumber(name: 'amount' | 'quantity', decimal: '.' | ','): (text: string) => ItemValue {
  const parse = name === 'amount' ? parseAmount : parseQuantity;
  return (text) => {
    const { value, rule } = parse(text.trim(), decimal);
    return rule === undefined ? { value } : { value, note: `${name} ${rule}` };
  };
}

export function convertDate(format: string | undefined, zone: string): (text: string) => ItemValue {
  const parse = createDateParser(format, zone);
  const note = `published_at is not a date${format === undefined ? '' : ` with the format ${format}`}`;
  return (text) => {
    const value = parse(text.trim());
    return value === undefined ? { value: null, note } : { value };
  };
}
