import { readUniqueColumns } from '../db/columns.ts';
import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';
import { RowRefusedError } from '../errors.ts';
import { chunk } from '../lib/chunk.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Row } from '../model/row.ts';
import { partsOf } from './parts.ts';
import { keyColumn, quote } from './statement.ts';
import { type PartOptions, writeColumns } from './write-part.ts';

type RefusedRows = ReadonlyMap<Row, RowRefusedError>;

/**
 * Writes rows that clashed in a unique index that the user added, after all other rows of the page. A value may have moved
 * from one record to another within the page: in a chain, which resolves once the last row is written, or in a cycle (two
 * photos swap their positions), which is broken by clearing the index columns first.
 * @returns the rows that still clash; they are unchanged in the table.
 */
export async function writeClashingRows(
  session: Session,
  dataset: Dataset,
  rows: readonly Row[],
  options: PartOptions,
): Promise<RefusedRows> {
  let refused = await writeOneByOne(session, dataset, rows, options);
  for (let before = rows.length; refused.size > 0 && refused.size < before;) {
    before = refused.size;
    refused = await writeOneByOne(session, dataset, [...refused.keys()], options);
  }
  return refused.size === 0 ? refused : breakCycles(session, dataset, refused, options);
}

async function writeOneByOne(
  session: Session,
  dataset: Dataset,
  rows: readonly Row[],
  options: PartOptions,
): Promise<RefusedRows> {
  const refused = new Map<Row, RowRefusedError>();
  for (const row of rows) {
    await writeColumns(session, dataset, [row], options, (each, error) => void refused.set(each, error));
  }
  return refused;
}

/** Each round excludes the rows that still clash, because they keep their current values. */
async function breakCycles(
  session: Session,
  dataset: Dataset,
  clashing: RefusedRows,
  options: PartOptions,
): Promise<RefusedRows> {
  const columns = await readNullableUniqueColumns(session, dataset);
  if (columns.size === 0) return clashing;
  const remaining = new Map(clashing);
  let rows = [...clashing.keys()];
  await session.run('SAVEPOINT etl_clash');
  while (rows.length > 0) {
    const refused = (await clearColumns(session, dataset, columns, rows))
      ? await writeOneByOne(session, dataset, rows, options)
      : clashing;
    if (refused.size === 0) {
      for (const row of rows) remaining.delete(row);
      return remaining;
    }
    await session.run('ROLLBACK TO SAVEPOINT etl_clash');
    for (const [row, error] of refused) remaining.set(row, error);
    rows = rows.filter((row) => !refused.has(row));
  }
  return remaining;
}

/** Reads, by table, the dataset's nullable columns in unique indexes. They can be cleared: the whole row is written afterwards. */
async function readNullableUniqueColumns(
  session: Session,
  dataset: Dataset,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { main, sides } = partsOf(dataset);
  const found = new Map<string, readonly string[]>();
  for (const { table, fields } of [main, ...sides]) {
    const nullable = new Set(await readUniqueColumns(session, table));
    const columns = fields.map(({ column }) => column).filter((column) => nullable.has(column));
    if (columns.length > 0) found.set(table, columns);
  }
  return found;
}

/** @returns false if the server refuses it. */
async function clearColumns(
  session: Session,
  dataset: Dataset,
  columns: ReadonlyMap<string, readonly string[]>,
  rows: readonly Row[],
): Promise<boolean> {
  try {
    for (const [table, names] of columns) {
      const nulls = names.map((name) => `${quote(name)} = NULL`).join(', ');
      for (const part of chunk(rows, 1000)) {
        const keys = part.map(({ key }) => key);
        const where = `${quote(keyColumn(dataset))} IN (${placeholders(keys.length)})`;
        await session.run(`UPDATE ${quote(table)} SET ${nulls} WHERE ${where}`, keys);
      }
    }
    return true;
  } catch (error) {
    if (error instanceof RowRefusedError) return false;
    throw error;
  }
}
