import { errnoOf, DUPLICATE_KEY } from '../../db/errors.ts';
import type { Session } from '../../db/pool.ts';
import { quote } from '../statement.ts';
import { TAX_YEAR } from './create-table.ts';
import { insertRows, sendLines, type StagedRows } from './send-rows.ts';

/** What became of rows. */
export type StageResult = {
  readonly stored: number;
  /** Rows that were already stored with the same values. */
  readonly duplicates: number;
  /** Indexes of rows whose key is stored with other values. */
  readonly conflicts: readonly number[];
};

/** How rows are sent: `local` if the server accepts LOAD DATA LOCAL, which is faster. */
export type SendMethod = 'local' | 'insert';

/** Statements may have so many keys that are looked up at once. */
const MAX_KEYS = 500;

/**
 * Stores rows in a staged table, within the caller's transaction. Of rows with the same key the first is stored: rows that
 * look alike are duplicates, others are conflicts.
 */
export async function stageRows(
  session: Session,
  staged: StagedRows,
  method: SendMethod,
): Promise<StageResult> {
  const send = method === 'local' ? sendLines : insertRows;
  if (staged.table.key === undefined)
    return { stored: await send(session, staged), duplicates: 0, conflicts: [] };
  await session.run('SAVEPOINT etl_stage');
  const stored = await send(session, staged).catch((error: unknown) => {
    if (errnoOf(error) !== DUPLICATE_KEY) throw error;
    return undefined;
  });
  if (stored === staged.rows.length) return { stored, duplicates: 0, conflicts: [] };
  await session.run('ROLLBACK TO SAVEPOINT etl_stage');
  return stageApart(session, staged, send);
}

/** Stores the rows whose key is new, and then compares the others with what is stored. */
async function stageApart(
  session: Session,
  staged: StagedRows,
  send: typeof sendLines,
): Promise<StageResult> {
  const known = await readKnownKeys(session, staged);
  const fresh: number[] = [];
  const repeated: number[] = [];
  staged.rows.forEach((row, nth) => {
    const key = keyOf(staged, row);
    (known.has(key) ? repeated : fresh).push(nth);
    known.add(key);
  });
  const stored = await send(session, pick(staged, fresh));
  const conflicts: number[] = [];
  for (const nth of repeated) if (!(await isStored(session, staged, nth))) conflicts.push(nth);
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
