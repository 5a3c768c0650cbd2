import type { Session } from '../../db/pool.ts';
import type { ReleaseTable } from '../../dataset/release-table.ts';
import { FatalError } from '../../errors.ts';
import { quote } from '../statement.ts';
import { ownColumns } from './create-table.ts';
import { readRows } from './read-row-text.ts';
import { LINES, TUPLES, writeRows } from './row-text.ts';

/** How rows are sent: `local` if the server accepts LOAD DATA LOCAL, which is faster. */
export type SendMethod = 'local' | 'insert';

/** Rows of one tax year for a staged table. */
export type StagedRows = {
  readonly table: ReleaseTable;
  /** What the table is called now. */
  readonly name: string;
  readonly year: number;
  readonly rows: readonly (readonly (string | null)[])[];
  readonly lineNumbers: readonly number[];
};

/** Rows as the text of a statement: ready when the server is, and a few objects instead of one for each value. */
export type PackedRows = Omit<StagedRows, 'rows'> & {
  readonly method: SendMethod;
  readonly text: Buffer;
};

/** Values of an INSERT: such a statement has less than 1 MB with usual values, which every server accepts. */
const MAX_VALUES = 65_536;

/** Packs rows, in parts that are a statement each if they are inserted. */
export function packRows(staged: StagedRows, method: SendMethod): PackedRows[] {
  const { rows, lineNumbers, table } = staged;
  const most = method === 'local' ? rows.length : Math.max(1, Math.floor(MAX_VALUES / table.columns.length));
  const packs: PackedRows[] = [];
  for (let start = 0; start < rows.length; start += most) {
    const end = start + most;
    const part = { rows: rows.slice(start, end), lineNumbers: lineNumbers.slice(start, end) };
    packs.push(packPart({ ...staged, ...part }, method));
  }
  return packs;
}

function packPart({ rows, ...staged }: StagedRows, method: SendMethod): PackedRows {
  const { table, year, lineNumbers } = staged;
  const notation = notationOf(method);
  const before =
    table.key === undefined
      ? (nth: number) => `${year}${notation.between}${lineNumbers[nth]}`
      : () => String(year);
  return { ...staged, method, text: writeRows(notation, rows, before) };
}

export function unpackRows({ method, text, ...packed }: PackedRows): StagedRows {
  return { ...packed, rows: readRows(notationOf(method), text, ownColumns(packed.table).length) };
}

/**
 * Stores rows of one table. LOAD DATA LOCAL leaves out rows whose key the table already has.
 * @param packs rows that are packed for the same method.
 * @returns the number of stored rows.
 * @throws RowRefusedError if the table already has a key; nothing tells which. FatalError if the server changed a value.
 */
export async function sendRows(session: Session, packs: readonly PackedRows[]): Promise<number> {
  const [first] = packs;
  if (first === undefined) return 0;
  if (first.method === 'local') return sendLines(session, first, packs);
  let stored = 0;
  for (const packed of packs) stored += await insertTuples(session, packed);
  return stored;
}

export function countRows(packs: readonly PackedRows[]): number {
  return packs.reduce((sum, { lineNumbers }) => sum + lineNumbers.length, 0);
}

/** Parts of a statement that one text literal cannot be, because NO_BACKSLASH_ESCAPES is on. */
export const LINE_FORMAT =
  "CHARACTER SET utf8mb4 FIELDS TERMINATED BY X'09' ENCLOSED BY '' ESCAPED BY X'5C' LINES TERMINATED BY X'0A'";

async function sendLines(
  session: Session,
  { table, name }: PackedRows,
  packs: readonly PackedRows[],
): Promise<number> {
  const { matched, warnings } = await session.sendLocalFile(
    `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${quote(name)} ${LINE_FORMAT} (${columnsOf(table)})`,
    packs.map(({ text }) => text),
  );
  const left = countRows(packs) - matched;
  // Each duplicate has a separate warning.
  if (warnings <= left) return matched;
  const [warning] = await session.select<{ Message: string }>('SHOW WARNINGS LIMIT 1');
  throw new FatalError(
    `the server changed a value of ${table.table}: ${warning?.Message ?? 'unknown warning'}`,
    {
      op: 'stage',
      hint: 'this is a defect of trestle-etl: please report it; with local_infile off on the server, rows are sent in another way',
    },
  );
}

/** The values are literals: binding one parameter for each takes three times as long, for the driver and the server. */
async function insertTuples(session: Session, { table, name, text }: PackedRows): Promise<number> {
  const tuples = text.toString('utf8', 0, text.length - 1);
  const { matched } = await session.run(`INSERT INTO ${quote(name)} (${columnsOf(table)}) VALUES ${tuples}`);
  return matched;
}

function notationOf(method: SendMethod) {
  return method === 'local' ? LINES : TUPLES;
}

function columnsOf(table: ReleaseTable): string {
  return [...ownColumns(table), ...table.columns.map(({ column }) => column)].map(quote).join(', ');
}
