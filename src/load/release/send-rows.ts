import type { Session, SqlValue } from '../../db/pool.ts';
import type { ReleaseTable } from '../../dataset/release-table.ts';
import { FatalError } from '../../errors.ts';
import { MAX_PLACEHOLDERS, quote } from '../statement.ts';
import { LINE_NO, TAX_YEAR } from './create-table.ts';
import { encodeLines } from './encode-lines.ts';

/** Rows of one tax year for a staged table. */
export type StagedRows = {
  readonly table: ReleaseTable;
  /** What the table is called now. */
  readonly name: string;
  readonly year: number;
  readonly rows: readonly (readonly (string | null)[])[];
  readonly lineNumbers: readonly number[];
};

/** Most rows of a prepared INSERT: measured with short lines (docs/performance.md, county files). */
const MAX_INSERT_ROWS = 1000;

/** Parts of a statement that one text literal cannot be, because NO_BACKSLASH_ESCAPES is on. */
const FORMAT =
  "CHARACTER SET utf8mb4 FIELDS TERMINATED BY X'09' ENCLOSED BY '' ESCAPED BY X'5C' LINES TERMINATED BY X'0A'";

/**
 * Stores rows with LOAD DATA LOCAL. Rows whose key the table already has are left out.
 * @returns the number of stored rows.
 * @throws FatalError if the server changed a value, which LOAD DATA LOCAL reports as a warning only.
 */
export async function sendLines(session: Session, staged: StagedRows): Promise<number> {
  const { table, name, year, rows, lineNumbers } = staged;
  const before =
    table.key === undefined ? (nth: number) => `${year}\t${lineNumbers[nth]}` : () => String(year);
  const text = Buffer.from(encodeLines(rows, before));
  const { matched, warnings } = await session.sendLocalFile(
    `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${quote(name)} ${FORMAT} (${columnsOf(table).join(', ')})`,
    text,
  );
  const left = rows.length - matched;
  // Each duplicate has a warning of its own.
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

/** Stores rows with prepared statements. @throws RowRefusedError if the table already has a key; nothing tells which. */
export async function insertRows(session: Session, staged: StagedRows): Promise<number> {
  const { table, name, year, rows, lineNumbers } = staged;
  const columns = columnsOf(table);
  const most = Math.min(MAX_INSERT_ROWS, Math.floor(MAX_PLACEHOLDERS / columns.length));
  let matched = 0;
  for (let start = 0; start < rows.length; start += most) {
    const end = Math.min(rows.length, start + most);
    const values: SqlValue[] = [];
    for (let nth = start; nth < end; nth += 1) {
      values.push(String(year));
      if (table.key === undefined) values.push(String(lineNumbers[nth]));
      for (const value of rows[nth]!) values.push(value);
    }
    const result = await session.run(insertStatement(name, columns, end - start), values);
    matched += result.matched;
  }
  return matched;
}

const statements = new Map<string, string>();

/** Statements of full size are used again and again: they are long. */
function insertStatement(name: string, columns: readonly string[], count: number): string {
  const id = `${name} ${count}`;
  const known = statements.get(id);
  if (known !== undefined) return known;
  const tuple = `(${columns.map(() => '?').join(',')})`;
  const statement = `INSERT INTO ${quote(name)} (${columns.join(', ')}) VALUES ${Array.from({ length: count }, () => tuple).join(',')}`;
  if (statements.size > 100) statements.clear();
  statements.set(id, statement);
  return statement;
}

function columnsOf(table: ReleaseTable): string[] {
  const own = table.key === undefined ? [TAX_YEAR, LINE_NO] : [TAX_YEAR];
  return [...own, ...table.columns.map(({ column }) => column)].map(quote);
}
