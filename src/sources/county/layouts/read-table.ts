import type { Guards, LayoutColumn, LayoutTable, LineFormat } from './layout.ts';
import type { ColumnFile, LayoutFile, TableFile } from './layout-file.ts';
import { columnFor, parseColumnType } from './notation.ts';
import type { Report } from './report.ts';
import { isDatePattern } from './date-pattern.ts';
import { resolveColumn } from './resolve-column.ts';

type Defaults = NonNullable<LayoutFile['defaults']>;

const DELIMITERS = { tab: '\t', pipe: '|', comma: ',', semicolon: ';', tilde: '~' } as const;
const DATES = ['MM/DD/YYYY', 'YYYY-MM-DD'];
const GUARDS: Guards = { rejects: 0.1, growth: 50, shrink: 20 };

/** Completes a table of a layout file, except its rules: they can name other tables. */
export function readTable(name: string, file: TableFile, defaults: Defaults, report: Report): LayoutTable {
  const place = `tables.${name}`;
  const format = readFormat(file, defaults);
  const columns = Object.entries(file.columns).map(([each, column]) =>
    readColumn(each, typeof column === 'string' ? { type: column } : column, defaults, (problem) =>
      report(`${place}.columns.${each}`, problem),
    ),
  );
  const constants = Object.entries(file.constants ?? {}).map(([each, { type, value }]) => {
    const { kind, length } = typeOf(type, (problem) => report(`${place}.constants.${each}`, problem));
    return { name: each, column: columnFor(each), kind, length, value };
  });
  const resolve = (part: string, each: string): string =>
    resolveColumn({ columns, constants }, each) ??
    (report(`${place}.${part}`, `names "${each}", which is not a column of the table`), each);
  checkColumns(format, columns, constants, (problem) => report(place, problem));
  const filter = file.filter && { ...file.filter, column: resolve('filter', file.filter.column) };
  if (filter !== undefined && !columns.some((each) => each.column === filter.column && !each.isOptional))
    report(`${place}.filter`, 'needs a column that every line has');
  return {
    name,
    archive: file.archive,
    members: [file.member].flat(),
    format,
    encoding: file.encoding ?? defaults.encoding ?? 'windows-1252',
    header: format.kind === 'fixed' ? 'no' : (file.header ?? defaults.header ?? 'look'),
    columns,
    constants,
    filter,
    key: file.key?.map((each) => resolve('key', each)),
    indexes: (file.indexes ?? []).map((index) => index.map((each) => resolve('indexes', each))),
    rules: [],
    guards: readGuards(file, defaults),
  };
}

function readGuards(file: TableFile, defaults: Defaults): Guards {
  const set = { ...defaults.guards, ...file.guards };
  return {
    rejects: set.rejects ?? GUARDS.rejects,
    growth: set.growth ?? GUARDS.growth,
    shrink: set.shrink ?? GUARDS.shrink,
  };
}

function readFormat(file: TableFile, defaults: Defaults): LineFormat {
  const name = file.format ?? defaults.format ?? 'tab';
  if (name === 'fixed') return { kind: 'fixed', lengths: file.lengths };
  const hasQuotes = file.quotes ?? defaults.quotes ?? false;
  return { kind: 'delimited', delimiter: DELIMITERS[name], hasQuotes };
}

function typeOf(text: string, report: (problem: string) => void) {
  const type = parseColumnType(text);
  if (typeof type !== 'string') return type;
  report(type);
  return { kind: 'text', length: 1, span: undefined } as const;
}

function readColumn(
  name: string,
  file: ColumnFile,
  defaults: Defaults,
  report: (problem: string) => void,
): LayoutColumn {
  const { kind, length, span } = typeOf(file.type, report);
  const dates = file.dates ?? defaults.dates ?? DATES;
  const wrong = dates.filter((pattern) => !isDatePattern(pattern));
  if (wrong.length > 0) report(`has the date forms ${wrong.join(', ')}, which lack YYYY, MM or DD`);
  const hasLetters = file.true !== undefined || file.false !== undefined;
  if (hasLetters && kind !== 'flag') report('has letters for true and false, but is not a flag');
  if (file.decimals !== undefined && kind !== 'number') report('has decimals, but is not a number');
  return {
    name,
    aliases: file.aliases ?? [],
    column: file.column ?? columnFor(name),
    kind,
    length,
    span,
    isOptional: file.optional ?? false,
    nulls: [...(defaults.nulls ?? []), ...(file.nulls ?? [])],
    dates,
    decimals: file.decimals ?? 0,
    letters: hasLetters ? { yes: [file.true ?? []].flat(), no: [file.false ?? []].flat() } : undefined,
  };
}

function checkColumns(
  format: LineFormat,
  columns: readonly LayoutColumn[],
  constants: LayoutTable['constants'],
  report: (problem: string) => void,
): void {
  if (columns.length === 0) report('has no columns');
  const names = [...columns, ...constants].map(({ column }) => column);
  const twice = names.filter((column, index) => names.indexOf(column) !== index);
  if (twice.length > 0) report(`has several columns named ${[...new Set(twice)].join(', ')}`);
  const taken = names.filter((column) => column === 'tax_year' || column === 'line_no' || column === '');
  if (taken.length > 0)
    report(
      `has a column "${taken[0]}": set another name with "column"; tax_year and line_no are added by us`,
    );
  const isFixed = format.kind === 'fixed';
  const odd = columns.filter(({ span }) => (span !== undefined) !== isFixed).map(({ name }) => name);
  if (odd.length > 0)
    report(
      isFixed
        ? `is fixed, but has columns without positions: ${odd.join(', ')}`
        : `is delimited, but has columns with positions: ${odd.join(', ')}`,
    );
}
