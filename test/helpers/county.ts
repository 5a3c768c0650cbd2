import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  type CountyName,
  type CountySandbox,
  type CountySandboxOptions,
  type ExpectedRow,
  startCountySandbox,
} from '../../src/sandbox/county/index.ts';
import { atFileEnd } from './clean-up.ts';
import { type Ended, trestle } from './cli.ts';
import type { FreshDatabase } from './database.ts';
import { temporaryFolder } from './pipeline.ts';
import { migratedDatabase } from './template.ts';

const open: CountySandbox[] = [];

atFileEnd(() => Promise.all(open.splice(0).map((sandbox) => sandbox.close())));

/** A county server that ends with the test file. */
export async function countyFor(options: CountySandboxOptions = {}): Promise<CountySandbox> {
  const sandbox = await startCountySandbox({ accounts: 300, ...options });
  open.push(sandbox);
  return sandbox;
}

/** Values of an entry of sources.yaml, as JSON, which is YAML. */
export type Entry = Readonly<Record<string, unknown>>;

/** Tables that most tests load: one with a key, two without, of two archives. */
export const FEW_TABLES = ['real_acct', 'owners', 'fixtures'];

export type ImportSetting = {
  readonly folder: string;
  readonly db: FreshDatabase;
  readonly county: CountySandbox;
  /** Writes sources.yaml again. */
  configure(entry: Entry): void;
  /** Runs a command of the built tool. */
  run(...args: string[]): Promise<Ended>;
};

type SettingOptions = {
  /** One whose user may drop tables; a migrated one unless it is given. */
  readonly db?: FreshDatabase;
  /** Lines of `.env`. */
  readonly env?: Readonly<Record<string, string>>;
};

/** A database whose user may drop tables, and a folder with a configuration that has only the source `hcad`. */
export async function importSetting(
  county: CountySandbox,
  entry: Entry = {},
  { db: given, env = {} }: SettingOptions = {},
): Promise<ImportSetting> {
  const db = given ?? (await migratedDatabase());
  if (given === undefined) await allowDrop(db);
  const folder = temporaryFolder();
  const lines = { ...db.env, ...env };
  const text = Object.entries(lines).map(([name, value]) => `${name}="${value}"\n`);
  writeFileSync(join(folder, '.env'), text.join(''));
  const configure = (changed: Entry): void => writeSources(folder, { hcad: entryOf(county, changed) });
  configure(entry);
  return { folder, db, county, configure, run: (...args) => trestle(folder, args) };
}

/** An entry of the sandbox's Harris County. */
export function entryOf(county: CountySandbox, more: Entry = {}): Entry {
  return { type: 'county', layout: 'hcad', year: 2026, url: county.url, tables: FEW_TABLES, ...more };
}

export function writeSources(folder: string, sources: Readonly<Record<string, Entry>>): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'sources.yaml'), JSON.stringify({ sources }));
}

/** What docs/county-files.md asks for: a release's tables are renamed and dropped. */
export async function allowDrop({ name, user, query }: FreshDatabase): Promise<void> {
  await query(`GRANT DROP ON \`${name.replaceAll('_', '\\_')}\`.* TO '${user}'@'%'`);
}

/** A process that is killed after it created its lock and before it signed it leaves a lock that counts for a minute. */
export function letLockPass(folder: string, source: string): void {
  const lock = join(folder, `state/run-${source}.lock`);
  const past = new Date(Date.now() - 61_000);
  if (existsSync(lock)) utimesSync(lock, past, past);
}

/** Runs a command that succeeds and reports no error. */
export async function succeeds({ run }: Pick<ImportSetting, 'run'>, ...args: string[]): Promise<Ended> {
  const ended = await run(...args);
  expect({ args, ...ended }).toMatchObject({ code: 0, stderr: '' });
  return ended;
}

type Comparison = {
  readonly table: string;
  readonly year: number;
  readonly county?: CountyName;
  /** The source's id, with which the table's name begins. */
  readonly source?: string;
  /** The table's name in the database, if it is not published under its own. */
  readonly name?: string;
};

/**
 * Compares every value of a table with the sandbox's own data, row by row in the order of the file, and its rejected lines.
 * @returns the number of rows.
 */
export async function expectTable(
  { db, county: sandbox }: Pick<ImportSetting, 'db' | 'county'>,
  { table, year, county = 'hcad', source = 'hcad', name = `${source}_${table}` }: Comparison,
): Promise<number> {
  const expected = [...sandbox.expectedLines(table, year, county)];
  const hasLines = await hasColumn(db, name, 'line_no');
  const places = new Map(
    expected.map(({ line, row }) => [placeOf(hasLines, line, withoutOwnYear(row)), withoutOwnYear(row)]),
  );
  if (hasLines) expect(places.size).toBe(expected.length);
  if (expected.length === 0) {
    expect(await db.query(`SELECT 1 FROM ${name} WHERE tax_year = ${year} LIMIT 1`)).toEqual([]);
    return 0;
  }
  const columns = Object.keys(withoutOwnYear(expected[0]!.row)).map((column) => `\`${column}\``);
  let count = 0;
  const selected = `${hasLines ? 'line_no AS `line no`, ' : ''}${columns.join(', ')}`;
  const found = db.stream<Record<string, string | number | null>>(
    `SELECT ${selected} FROM ${name} WHERE tax_year = ${year}`,
  );
  for await (const { 'line no': line, ...row } of found) {
    const text = toText(row);
    const place = placeOf(hasLines, Number(line), text);
    const wanted = places.get(place);
    if (wanted === undefined || !isSame(text, wanted)) expect({ name, place, row: text }).toEqual(wanted);
    places.delete(place);
    count += 1;
  }
  expect({ name, missing: [...places.keys()].slice(0, 5) }).toEqual({ name, missing: [] });
  return count;
}

/** The publisher's own `tax_year` has another name: ours is the year of the folder. */
function withoutOwnYear({ tax_year: own, ...row }: ExpectedRow): ExpectedRow {
  return own === undefined ? row : { file_tax_year: own, ...row };
}

/** What tells a row apart: its line, or, in a table with a key, all of its values. */
function placeOf(hasLines: boolean, line: number, row: ExpectedRow): string {
  return hasLines ? String(line) : JSON.stringify(row, Object.keys(row).sort());
}

function toText(row: Readonly<Record<string, string | number | null>>): ExpectedRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]),
  );
}

function isSame(one: ExpectedRow, other: ExpectedRow): boolean {
  return Object.keys(other).every((name) => one[name] === other[name]);
}

async function hasColumn({ query }: FreshDatabase, table: string, column: string): Promise<boolean> {
  const rows = await query(
    'SELECT 1 FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?',
    [table, column],
  );
  return rows.length > 0;
}

/** Compares the stored rejects of a table with the lines that the sandbox broke. @returns their number. */
export async function expectRejects(
  { db, county: sandbox }: Pick<ImportSetting, 'db' | 'county'>,
  { table, year, county = 'hcad', source = 'hcad', name = `${source}_${table}` }: Comparison,
): Promise<number> {
  const rows = await db.query<{ line: string; reason: string; raw: string }>(
    'SELECT line_no AS line, reason, raw FROM etl_import_reject WHERE table_name = ? AND tax_year = ? AND import_id = ' +
      '(SELECT MAX(id) FROM etl_import WHERE source = ?) ORDER BY line_no',
    [name, year, source],
  );
  const expected = [...sandbox.rejectedLines(table, year, county)];
  const found = rows.map(({ line, reason, raw }) => ({ line: Number(line), reason, raw }));
  expect(found).toEqual(expected.map(({ raw, ...rest }) => ({ ...rest, raw: raw.slice(0, 4096) })));
  return rows.length;
}
