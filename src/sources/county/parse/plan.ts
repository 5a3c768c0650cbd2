import type { ReleaseColumn } from '../../../dataset/release-table.ts';
import type { Encoding, LayoutTable } from '../layouts/layout.ts';
import { releaseColumns } from '../tables.ts';
import { type Converter, createConverter } from './convert.ts';
import { decodeBytes, decodeUtf8Field } from './decode.ts';
import type { FieldMap } from './header.ts';
import { createLocator, type FieldLocator, unquote } from './split.ts';

export type PlanOptions = {
  /** The tax year, for constant columns. */
  readonly year: number;
  /** The columns of the rows, as the database has them; unless set, all of them as the layout has them. */
  readonly columns?: readonly Pick<ReleaseColumn, 'column' | 'type'>[] | undefined;
};

/** How the lines of one file become rows: what does not differ from line to line, decided once. */
export type LinePlan = {
  readonly table: LayoutTable;
  readonly locator: FieldLocator;
  /** Whether a line has an accepted number of fields, or length. */
  fits(measure: number): boolean;
  /** For messages. */
  readonly expected: string;
  readonly minFields: number;
  /** By column of the row. */
  readonly outputs: readonly Output[];
  /** A row before its fields are set: it has the values of constant columns. */
  readonly emptyRow: readonly (string | null)[];
  /** Columns of the row that must have a value. */
  readonly keys: readonly number[];
  readonly filter: { readonly field: number; readonly values: ReadonlySet<string> } | undefined;
  /** Whether fields of this text have to be prepared, one by one, before they are converted: decoded, or freed of marks. */
  needsPreparation(text: string): boolean;
  prepare(field: string): string;
};

export type Output = {
  readonly column: string;
  /** The field of the line, from 0; -1: none. */
  readonly field: number;
  readonly convert: Converter;
  /** The value of a column without field. */
  readonly constant: string | null;
  /** The longest text that the column holds, in characters. */
  readonly length: number;
};

/** @throws RangeError for a column that the layout does not have: the caller passed another table's. */
export function createPlan(table: LayoutTable, map: FieldMap, options: PlanOptions): LinePlan {
  const columns = options.columns ?? releaseColumns(table);
  const outputs = columns.map((column) => createOutput(table, map, column, options.year));
  const keys = (table.key ?? []).map((key) => columns.findIndex(({ column }) => column === key));
  const { filter } = table;
  const filterColumn = table.columns.findIndex(({ column }) => column === filter?.column);
  return {
    table,
    locator: createLocator(table.format, table.columns, map.max),
    minFields: map.min,
    ...measures(table, map),
    outputs,
    emptyRow: outputs.map(({ constant }) => constant),
    keys: keys.filter((index) => index !== -1),
    filter:
      filter && filterColumn !== -1
        ? { field: map.fields[filterColumn]!, values: new Set(filter.values) }
        : undefined,
    ...preparation(table),
  };
}

function createOutput(
  table: LayoutTable,
  map: FieldMap,
  { column, type }: Pick<ReleaseColumn, 'column' | 'type'>,
  year: number,
): Output {
  const length = type.kind === 'string' ? type.length : Infinity;
  const constant = table.constants.find((each) => each.column === column);
  if (constant !== undefined) {
    const value = constant.value.replaceAll('{year}', String(year));
    return { column, field: -1, convert: () => null, constant: value, length };
  }
  const index = table.columns.findIndex((each) => each.column === column);
  if (index === -1) throw new RangeError(`the layout of ${table.name} has no column ${column}`);
  const convert = createConverter(table.columns[index]!, table.format.kind === 'fixed');
  return { column, field: map.fields[index]!, convert, constant: null, length };
}

function measures(table: LayoutTable, map: FieldMap): Pick<LinePlan, 'fits' | 'expected'> {
  const { format, columns } = table;
  if (format.kind === 'delimited') {
    const { min, max } = map;
    return {
      fits: (count) => count >= min && count <= max,
      expected: min === max ? String(min) : `${min} to ${max}`,
    };
  }
  if (format.lengths !== undefined) {
    const lengths = new Set(format.lengths);
    return { fits: (length) => lengths.has(length), expected: [...lengths].join(' or ') };
  }
  const ends = columns.map(({ isOptional, span }) => (isOptional ? 0 : (span?.end ?? 0)));
  const least = ends.reduce((most, end) => Math.max(most, end), 0);
  return { fits: (length) => length >= least, expected: `at least ${least}` };
}

function preparation({ format, encoding }: LayoutTable): Pick<LinePlan, 'needsPreparation' | 'prepare'> {
  const hasQuotes = format.kind === 'delimited' && format.hasQuotes;
  const special = SPECIAL[encoding];
  return {
    needsPreparation: (text) => special.test(text) || (hasQuotes && text.includes('"')),
    prepare(field) {
      const bare = hasQuotes ? unquote(field) : field;
      const clean = bare.includes('\0') ? bare.replaceAll('\0', '') : bare;
      return decodeText(clean, encoding);
    },
  };
}

/** NUL, and what is not yet decoded if each byte is a character. */
const SPECIAL: Readonly<Record<Encoding, RegExp>> = {
  latin1: /\0/,
  'windows-1252': /[\0\x80-\x9f]/,
  'utf-8': /[\0\x80-\xff]/,
};

/** Decodes a text that has one character a byte. */
export function decodeText(text: string, encoding: Encoding): string {
  return encoding === 'utf-8' ? decodeUtf8Field(text) : decodeBytes(text, encoding);
}
