import type { FieldType } from './dataset.ts';
import type { FeedField } from './feed-schema.ts';
import { boolean, date, decimal, integer, longtext, lookup, string, text, timestamp } from './describe.ts';

const bigint: FieldType = { kind: 'bigint' };

/** Type names that a user may write, besides `varchar(n)` and `decimal(p,s)`. */
const TYPES_BY_NAME: Readonly<Record<string, FieldType>> = {
  text,
  longtext,
  int: integer,
  bigint,
  boolean,
  date,
  datetime: timestamp,
};

/** For messages. */
export const TYPE_NAMES = 'varchar(n), text, longtext, int, bigint, decimal(p,s), boolean, date, datetime';

/** Characters that fit in a row at four bytes each. */
const MAX_VARCHAR_LENGTH = 16_383;

/** Parses a type that a user wrote; undefined if it is unknown. */
export function parseType(typeName: string): FieldType | undefined {
  const compact = typeName.toLowerCase().replaceAll(/\s+/g, '');
  if (Object.hasOwn(TYPES_BY_NAME, compact)) return TYPES_BY_NAME[compact];
  const [, name, first, second] = /^(varchar|decimal)\((\d{1,5})(?:,(\d{1,2}))?\)$/.exec(compact) ?? [];
  const [length, scale] = [Number(first), Number(second)];
  if (name === 'varchar' && second === undefined && length > 0 && length <= MAX_VARCHAR_LENGTH) {
    return string(length);
  }
  return name === 'decimal' && second !== undefined && isDecimal(length, scale)
    ? decimal(length, scale)
    : undefined;
}

/** Parses a column type as the server reports it. @param formatSqlType formats a type as the server does. */
export function parseColumnType(
  column: string,
  formatSqlType: (type: FieldType) => string,
): FieldType | undefined {
  return Object.values(TYPES_BY_NAME).find((type) => formatSqlType(type) === column) ?? parseType(column);
}

/** Formats a type; the inverse of `parseType`. */
export function formatType(type: FieldType): string {
  if (type.kind === 'string') return `varchar(${type.length})`;
  if (type.kind === 'decimal') return `decimal(${type.precision},${type.scale})`;
  return Object.keys(TYPES_BY_NAME).find((name) => TYPES_BY_NAME[name]?.kind === type.kind) ?? 'varchar(255)';
}

/** Checks the limits of MySQL and MariaDB. */
function isDecimal(precision: number, scale: number): boolean {
  return precision > 0 && precision <= 65 && scale <= 30 && scale <= precision;
}

/** Longer text is not useful as a sort key, and TEXT takes less space in the row. */
const MAX_STRING_LENGTH = 1024;

/** Characters that fit in a TEXT at four bytes each. */
const MAX_TEXT_LENGTH = 16_383;

/** Holds any realistic decimal number that a double can represent, digit for digit: `41.87811360000012`. */
const WIDE_DECIMAL = decimal(38, 18);

const TYPES_BY_EDM_TYPE: Readonly<Record<string, FieldType>> = {
  Byte: integer,
  SByte: integer,
  Int16: integer,
  Int32: integer,
  Int64: bigint,
  Double: WIDE_DECIMAL,
  Single: WIDE_DECIMAL,
  Boolean: boolean,
  Date: date,
  DateTimeOffset: timestamp,
  Guid: string(64),
  TimeOfDay: string(64),
  Duration: string(64),
};

/** Column type that holds every value the feed declares; undefined for fields without a single value (locations, files). */
export function columnTypeFor(field: FeedField): FieldType | undefined {
  if (field.isMany === true) return field.type === 'Enum' || isPrimitive(field.type) ? text : undefined;
  if (field.type === 'Enum') {
    return string(Math.max(field.longest ?? 0, lookup.kind === 'string' ? lookup.length : 0));
  }
  if (field.type === 'String') return textTypeFor(field.length);
  if (field.type === 'Decimal') return decimalTypeFor(field);
  return Object.hasOwn(TYPES_BY_EDM_TYPE, field.type) ? TYPES_BY_EDM_TYPE[field.type] : undefined;
}

function isPrimitive(type: string): boolean {
  return type === 'String' || type === 'Decimal' || Object.hasOwn(TYPES_BY_EDM_TYPE, type);
}

function textTypeFor(length: number | undefined): FieldType {
  if (length === undefined || length > MAX_TEXT_LENGTH) return longtext;
  return length > MAX_STRING_LENGTH ? text : string(length);
}

function decimalTypeFor({ precision, scale }: FeedField): FieldType {
  if (precision === undefined || scale === undefined) return WIDE_DECIMAL;
  return isDecimal(precision, scale) ? decimal(precision, scale) : string(128);
}
