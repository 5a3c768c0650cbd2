import { ConfigError } from '../../../errors.ts';
import type { LayoutColumn, LayoutTable } from '../layouts/layout.ts';
import { decodeBytes, decodeUtf8Field } from './decode.ts';
import { unquote } from './split.ts';

/** UTF-8's mark, with one character a byte. */
export const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

/** Which field of a line has the value of each column. */
export type FieldMap = {
  /** For each column of the layout its field, from 0; -1 if the file lacks the column. */
  readonly fields: readonly number[];
  /** Accepted numbers of fields. */
  readonly min: number;
  readonly max: number;
};

/** How the first line of a file was understood. */
export type HeaderReport = {
  readonly hasHeader: boolean;
  /** Names in the header that the layout does not know. Their fields are ignored. */
  readonly unknown: readonly string[];
  /** Optional columns that the file lacks. */
  readonly missing: readonly string[];
};

/** Splits a header line into names. @param line one character a byte, without its line end. */
export function readNames(table: LayoutTable, line: string): readonly string[] {
  const { format, encoding } = table;
  if (format.kind === 'fixed') return [];
  const text = line.startsWith(BYTE_ORDER_MARK) ? line.slice(BYTE_ORDER_MARK.length) : line;
  return text.split(format.delimiter).map((field) => {
    const name = (format.hasQuotes ? unquote(field) : field).replaceAll('\0', '').trim();
    return encoding === 'utf-8' ? decodeUtf8Field(name) : decodeBytes(name, encoding);
  });
}

/**
 * Whether the first line of a file is a header: its first field or half of its fields are names of columns. So a header
 * with a renamed first column is not taken for a row.
 */
export function isHeader(table: LayoutTable, names: readonly string[]): boolean {
  if (table.format.kind === 'fixed' || table.header === 'no') return false;
  if (table.header === 'yes') return true;
  const known = new Set(table.columns.flatMap(spellings));
  const found = names.filter((name) => known.has(name.toLowerCase())).length;
  return known.has(names[0]?.toLowerCase() ?? '') || found * 2 >= Math.max(names.length, 2);
}

/**
 * Finds the columns in a header, without regard to case.
 * @param label the file, for messages.
 * @throws ConfigError if a column is missing that is not optional, or a name occurs twice.
 */
export function mapHeader(
  table: LayoutTable,
  names: readonly string[],
  label: string,
): { map: FieldMap; report: HeaderReport } {
  const lower = names.map((name) => name.toLowerCase());
  const fields = table.columns.map((column) => {
    const spelling = spellings(column).find((each) => lower.includes(each));
    return spelling === undefined ? -1 : lower.indexOf(spelling);
  });
  const twice = fields.filter((field) => field !== -1 && lower.indexOf(lower[field]!, field + 1) !== -1);
  const lacking = table.columns.filter((_, index) => fields[index] === -1);
  const missing = lacking.filter(({ isOptional }) => !isOptional);
  if (missing.length > 0)
    throw headerError(`lacks the columns ${missing.map(({ name }) => name).join(', ')}`, names, label);
  if (twice.length > 0) throw headerError(`has several columns named ${names[twice[0]!]}`, names, label);
  return {
    map: { fields, min: names.length, max: names.length },
    report: {
      hasHeader: true,
      unknown: names.filter((name, index) => name !== '' && !fields.includes(index)),
      missing: lacking.map(({ name }) => name),
    },
  };
}

/** The fields of a file without header: those of the layout, in its order. Optional columns at the end can be absent. */
export function mapByPosition(table: LayoutTable): FieldMap {
  const { columns } = table;
  const last = columns.findLastIndex(({ isOptional }) => !isOptional);
  return { fields: columns.map((_, index) => index), min: last + 1, max: columns.length };
}

function spellings({ name, aliases }: LayoutColumn): string[] {
  return [name, ...aliases].map((each) => each.toLowerCase());
}

function headerError(problem: string, names: readonly string[], label: string): ConfigError {
  return new ConfigError(`the header of ${label} ${problem}; it has ${names.join(', ')}`, {
    op: 'read header',
    hint: 'compare the file with the layout: if the publisher renamed a column, add the new name to its aliases',
  });
}
