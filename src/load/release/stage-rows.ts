import { errnoOf, DUPLICATE_KEY } from '../../db/errors.ts';
import type { Session } from '../../db/pool.ts';
import { FatalError } from '../../errors.ts';
import { quote } from '../statement.ts';
import { TAX_YEAR } from './create-table.ts';
import {
  countRows,
  type PackedRows,
  packRows,
  type SendMethod,
  sendRows,
  type StagedRows,
  unpackRows,
} from './send-rows.ts';

/** What became of rows. */
export type StageResult = {
  readonly stored: number;
  /** Rows that were already stored with the same values. */
  readonly duplicates: number;
  /** Rows whose key is stored with other values. */
  readonly conflicts: readonly Conflict[];
};

export type Conflict = { readonly line: number; readonly row: readonly (string | null)[] };

/** Statements may have so many keys that are looked up at once. */
const MAX_KEYS = 500;

/** `stagePacked` for rows that are not packed yet. */
export async function stageRows(
  session: Session,
  staged: StagedRows,
  method: SendMethod,
): Promise<StageResult> {
  return stagePacked(session, packRows(staged, method));
}

/**
 * Stores rows in a staged table, within the caller's transaction. Of rows with the same key the first is stored: rows that
 * look alike are duplicates, others are conflicts.
 */
export async function stagePacked(session: Session, packs: readonly PackedRows[]): Promise<StageResult> {
  const [first] = packs;
  if (first === undefined) return { stored: 0, duplicates: 0, conflicts: [] };
  if (first.table.key === undefined)
    return { stored: await sendAll(session, packs), duplicates: 0, conflicts: [] };
  await session.run('SAVEPOINT etl_stage');
  const stored = await sendRows(session, packs).catch((error: unknown) => {
    if (errnoOf(error) !== DUPLICATE_KEY) throw error;
    return undefined;
  });
  if (stored === countRows(packs)) return { stored, duplicates: 0, conflicts: [] };
  await session.run('ROLLBACK TO SAVEPOINT etl_stage');
  if (packs.length === 1) return stageApart(session, unpackRows(first), first.method);
  const results: StageResult[] = [];
  for (const packed of packs) results.push(await stagePacked(session, [packed]));
  return {
    stored: results.reduce((sum, each) => sum + each.stored, 0),
    duplicates: results.reduce((sum, each) => sum + each.duplicates, 0),
    conflicts: results.flatMap(({ conflicts }) => conflicts),
  };
}

/** Stores rows that are identified by their line. @throws FatalError if the table has such a line already. */
async function sendAll(session: Session, packs: readonly PackedRows[]): Promise<number> {
  const stored = await sendRows(session, packs);
  if (stored === countRows(packs)) return stored;
  throw new FatalError(`${packs[0]!.name} already has lines of this file`, {
    op: 'stage',
    hint: 'this is a defect of trestle-etl: please report it; full-load builds the table again',
  });
}

/** Stores the rows whose key is new, and then compares the others with what is stored. */
async function stageApart(session: Session, staged: StagedRows, method: SendMethod): Promise<StageResult> {
  const known = await readKnownKeys(session, staged);
  const fresh: number[] = [];
  const repeated: number[] = [];
  staged.rows.forEach((row, nth) => {
    const key = keyOf(staged, row);
    (known.has(key) ? repeated : fresh).push(nth);
    known.add(key);
  });
  const stored = await sendRows(session, packRows(pick(staged, fresh), method));
  const conflicts: Conflict[] = [];
  for (const nth of repeated) {
    if (await isStored(session, staged, nth)) continue;
    conflicts.push({ line: staged.lineNumbers[nth]!, row: staged.rows[nth]! });
  }
  return { stored, duplicates: repeated.length - conflicts.length, conflicts };
}

async function readKnownKeys(session: Session, staged: StagedRows): Promise<Set<string>> {
  const { name, year, rows } = staged;
  const places = keyPlaces(staged);
  const columns = (staged.table.key ?? []).map(quote).join(', ');
  const known = new Set<string>();
  for (let start = 0; start < rows.length; start += MAX_KEYS) {
    const some = rows.slice(start, start + MAX_KEYS);
    const tuple = `(${places.map(() => '?').join(',')})`;
    const found = await session.select<Record<string, unknown>>(
      `SELECT ${columns} FROM ${quote(name)} WHERE ${quote(TAX_YEAR)} = ? AND (${columns}) IN (${some.map(() => tuple).join(',')})`,
      [String(year), ...some.flatMap((row) => places.map((place) => row[place] ?? null))],
    );
    for (const row of found)
      known.add(joinKey((staged.table.key ?? []).map((column) => String(row[column]))));
  }
  return known;
}

async function isStored(session: Session, staged: StagedRows, nth: number): Promise<boolean> {
  const { table, name, year, rows } = staged;
  const same = table.columns.map(({ column }) => `${quote(column)} <=> ?`);
  const found = await session.select(
    `SELECT 1 FROM ${quote(name)} WHERE ${[`${quote(TAX_YEAR)} = ?`, ...same].join(' AND ')} LIMIT 1`,
    [String(year), ...rows[nth]!],
  );
  return found.length > 0;
}

function keyPlaces({ table }: StagedRows): number[] {
  return (table.key ?? []).map((key) => table.columns.findIndex(({ column }) => column === key));
}

function keyOf(staged: StagedRows, row: readonly (string | null)[]): string {
  const { columns } = staged.table;
  return joinKey(
    keyPlaces(staged).map((place) => normalizeNumber(columns[place]?.type.kind, row[place] ?? '')),
  );
}

/** A number is one key however it is written: `007` is 7. */
function normalizeNumber(kind: string | undefined, value: string): string {
  return kind === 'integer' || kind === 'bigint' ? BigInt(value === '' ? 0 : value).toString() : value;
}

function joinKey(parts: readonly string[]): string {
  return parts.join('\t');
}

function pick(staged: StagedRows, places: readonly number[]): StagedRows {
  return {
    ...staged,
    rows: places.map((nth) => staged.rows[nth]!),
    lineNumbers: places.map((nth) => staged.lineNumbers[nth]!),
  };
}
