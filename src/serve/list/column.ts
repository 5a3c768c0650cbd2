import { normalizeSqlDateTime } from '../../lib/time.ts';
import * as z from '../../lib/zod.ts';

/** What the value of a column is in an answer. */
export type ColumnKind = 'text' | 'integer' | 'decimal' | 'boolean' | 'date' | 'instant' | 'json';

/** A column that is served. */
export type Column = {
  /** In answers, and in `fields`. */
  readonly name: string;
  /** As SQL; the name if unset. */
  readonly sql?: string;
  readonly kind: ColumnKind;
  /** One sentence for the OpenAPI document. */
  readonly help: string;
  /** Part of every answer, never null. */
  readonly isKey?: true;
  /** Part of every record, also if `fields` does not name it; may be null. */
  readonly isAlways?: true;
};

export type Row = Readonly<Record<string, string | number | null>>;

const SCHEMAS: Readonly<Record<ColumnKind, () => z.ZodType>> = {
  text: () => z.string(),
  integer: () => z.number().int(),
  decimal: () => z.union([z.number(), z.string()]),
  boolean: () => z.boolean(),
  date: () => z.string().regex(/^\d{4}-\d\d-\d\d$/),
  instant: () => z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  json: () => z.unknown(),
};

/** The schema of a record with these columns. Columns other than keys may be left out by `fields`. */
export function createRecordSchema(columns: readonly Column[]) {
  return z.strictObject(
    Object.fromEntries(
      columns.map(({ name, kind, help, isKey }) => {
        const type = SCHEMAS[kind]();
        return [name, (isKey === true ? type : type.nullable().optional()).meta({ description: help })];
      }),
    ),
  );
}

/** The list of columns of a SELECT. */
export function selectColumns(columns: readonly Column[]): string {
  return columns
    .map(({ name, sql }) => (sql === undefined ? `\`${name}\`` : `${sql} AS \`${name}\``))
    .join(', ');
}

/**
 * Turns a row that has exactly these columns, and `extras`, into the record of an answer, in place: for wide rows, a new object
 * costs more than the conversion.
 * @param extras columns that are not part of the record.
 */
export function convertRow(
  columns: readonly Column[],
  row: Row,
  extras: readonly string[],
): Record<string, unknown> {
  const record: Record<string, unknown> = row;
  for (const { name, kind } of columns) {
    const value = row[name] ?? null;
    if (value === null || (typeof value === 'string' && (kind === 'text' || kind === 'date'))) continue;
    record[name] = toValue(kind, value);
  }
  // JSON leaves out what is undefined. To delete it would make the object slow.
  for (const name of extras) record[name] = undefined;
  return record;
}

/** Turns a row of the database into the record of an answer. The row may have other columns. */
export function toRecord(columns: readonly Column[], row: Row): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const { name, kind } of columns) record[name] = toValue(kind, row[name] ?? null);
  return record;
}

function toValue(kind: ColumnKind, value: string | number | null): unknown {
  if (value === null) return null;
  switch (kind) {
    case 'text':
    case 'date':
      return String(value);
    case 'integer':
      return Number(value);
    case 'boolean':
      return Number(value) !== 0;
    case 'decimal':
      return toNumber(String(value));
    case 'instant':
      return `${normalizeSqlDateTime(String(value)).replace(' ', 'T')}Z`;
    case 'json':
      return JSON.parse(String(value));
  }
}

/** Digits that every double keeps. */
const SAFE_DIGITS = 15;

/** A DECIMAL as a number, or as text without trailing zeros if a double would change it. */
function toNumber(text: string): number | string {
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return short.replace(/[-.]/g, '').replace(/^0+/, '').length <= SAFE_DIGITS ? Number(short) : short;
}
