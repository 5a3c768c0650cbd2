import type { FieldType } from './dataset.ts';
import type { FeedField } from './feed-schema.ts';
import { boolean, date, decimal, integer, longtext, lookup, string, text, timestamp } from './describe.ts';

const bigint: FieldType = { kind: 'bigint' };

/** What a person may write for a type, beside `varchar(n)` and `decimal(p,s)`. */
const PLAIN: Readonly<Record<string, FieldType>> = {
  text,
  longtext,
  int: integer,
  bigint,
  boolean,
  date,
  datetime: timestamp,
};

/** For messages. */
export const TYPES = 'varchar(n), text, longtext, int, bigint, decimal(p,s), boolean, date, datetime';

/** Characters of four bytes each that a row has room for. */
const LONGEST_VARCHAR = 16_383;

/** A type from its words; undefined where they name none. */
export function parseType(words: string): FieldType | undefined {
  const plain = words.toLowerCase().replaceAll(/\s+/g, '');
  if (Object.hasOwn(PLAIN, plain)) return PLAIN[plain];
  const [, name, first, second] = /^(varchar|decimal)\((\d{1,5})(?:,(\d{1,2}))?\)$/.exec(plain) ?? [];
  const [length, scale] = [Number(first), Number(second)];
  if (name === 'varchar' && second === undefined && length > 0 && length <= LONGEST_VARCHAR) {
    return string(length);
  }
  return name === 'decimal' && second !== undefined && isDecimal(length, scale)
    ? decimal(length, scale)
    : undefined;
}

/** The type of a column, from what the server says of it. @param print how a type is said there. */
export function typeOfColumn(column: string, print: (type: FieldType) => string): FieldType | undefined {
  return Object.values(PLAIN).find((type) => print(type) === column) ?? parseType(column);
}

/** The words for a type; `parseType` takes them back. */
export function printType(type: FieldType): string {
  if (type.kind === 'string') return `varchar(${type.length})`;
  if (type.kind === 'decimal') return `decimal(${type.precision},${type.scale})`;
  return Object.keys(PLAIN).find((words) => PLAIN[words]?.kind === type.kind) ?? 'varchar(255)';
}

/** MySQL's and MariaDB's limits. */
function isDecimal(precision: number, scale: number): boolean {
  return precision > 0 && precision <= 65 && scale <= 30 && scale <= precision;
}

/** Longer text is no key to sort or compare by: it costs less of the row as TEXT. */
const LONGEST_STRING = 1024;

/** Bytes of a TEXT, in characters that may have four. */
const LONGEST_TEXT = 16_383;

/** Holds any number that a double names and a person writes, digit for digit: `41.87811360000012`. */
const WIDE = decimal(38, 18);

const NUMBERS: Readonly<Record<string, FieldType>> = {
  Byte: integer,
  SByte: integer,
  Int16: integer,
  Int32: integer,
  Int64: bigint,
  Double: WIDE,
  Single: WIDE,
  Boolean: boolean,
  Date: date,
  DateTimeOffset: timestamp,
  Guid: string(64),
  TimeOfDay: string(64),
  Duration: string(64),
};

/** The type of column that holds whatever the feed says it may send; undefined for what is no single value (places, files). */
export function typeOf(field: FeedField): FieldType | undefined {
  if (field.isMany === true) return field.type === 'Enum' || isPlain(field.type) ? text : undefined;
  if (field.type === 'Enum') {
    return string(Math.max(field.longest ?? 0, lookup.kind === 'string' ? lookup.length : 0));
  }
  if (field.type === 'String') return ofLength(field.length);
  if (field.type === 'Decimal') return ofDigits(field);
  return Object.hasOwn(NUMBERS, field.type) ? NUMBERS[field.type] : undefined;
}

function isPlain(type: string): boolean {
  return type === 'String' || type === 'Decimal' || Object.hasOwn(NUMBERS, type);
}

function ofLength(length: number | undefined): FieldType {
  if (length === undefined || length > LONGEST_TEXT) return longtext;
  return length > LONGEST_STRING ? text : string(length);
}

function ofDigits({ precision, scale }: FeedField): FieldType {
  if (precision === undefined || scale === undefined) return WIDE;
  return isDecimal(precision, scale) ? decimal(precision, scale) : string(128);
}
