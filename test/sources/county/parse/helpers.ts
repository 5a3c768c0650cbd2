import type { LayoutFile, TableFile } from '../../../../src/sources/county/layouts/layout-file.ts';
import type { LayoutTable } from '../../../../src/sources/county/layouts/layout.ts';
import { readLayout } from '../../../../src/sources/county/layouts/read-layout.ts';
import { parseMember, type ParseOptions } from '../../../../src/sources/county/parse/index.ts';
import type { LineBatch, LineReject } from '../../../../src/sources/release.ts';

/** A table with the columns, as a layout file has it. */
export function tableWith(
  columns: TableFile['columns'],
  rest: Partial<TableFile> = {},
  defaults: LayoutFile['defaults'] = {},
): LayoutTable {
  const table = { archive: 'a', member: 't.txt', columns, ...rest };
  return readLayout({ name: 'test', archives: { a: 'a.zip' }, defaults, tables: { t: table } }, 'test')
    .tables[0]!;
}

/** A stream of the bytes; a text has one character a byte. @param cuts where a chunk ends. */
export async function* streamOf(
  bytes: string | Buffer,
  cuts: readonly number[] = [],
): AsyncGenerator<Buffer> {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  const borders = [0, ...[...cuts].sort((a, b) => a - b), buffer.length];
  for (let index = 1; index < borders.length; index += 1)
    yield buffer.subarray(borders[index - 1], borders[index]);
}

export async function batchesOf(
  table: LayoutTable,
  bytes: string | Buffer,
  options: Partial<ParseOptions> = {},
  cuts: readonly number[] = [],
): Promise<LineBatch[]> {
  const batches = [];
  const all = { from: undefined, year: 2026, ...options };
  for await (const batch of parseMember(table, streamOf(bytes, cuts), all)) batches.push(batch);
  return batches;
}

export type Parsed = {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly lineNumbers: readonly number[];
  readonly lines: number;
  readonly skipped: number;
  readonly rejects: readonly LineReject[];
};

/** Joins batches. */
export function join(batches: readonly LineBatch[]): Parsed {
  return {
    rows: batches.flatMap(({ rows }) => rows),
    lineNumbers: batches.flatMap(({ lineNumbers }) => lineNumbers),
    lines: batches.reduce((sum, { lines }) => sum + lines, 0),
    skipped: batches.reduce((sum, { skipped }) => sum + skipped, 0),
    rejects: batches.flatMap(({ rejects }) => rejects),
  };
}

export async function parse(
  table: LayoutTable,
  bytes: string | Buffer,
  options: Partial<ParseOptions> = {},
): Promise<Parsed> {
  return join(await batchesOf(table, bytes, options));
}

/** A file of four columns, separated by tabs, of which the first is the key. */
export const table = tableWith(
  { acct: 'account 13', Name: { type: 'text 20', aliases: ['OwnerName'] }, val: 'money', dt: 'date' },
  { key: ['acct'] },
);

/** The header of `table`. */
export const HEADER = 'acct\tName\tval\tdt\r\n';
