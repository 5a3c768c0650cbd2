import type { ReleaseTable } from '../../dataset/release-table.ts';
import type { Session } from '../../db/pool.ts';
import { quote } from '../statement.ts';
import { ownColumns, TAX_YEAR } from './create-table.ts';

/**
 * Copies the rows of a tax year from the published table to a staged one that has none of them yet, within the caller's
 * transaction.
 * @param name the staged table.
 */
export async function copyRows(
  session: Session,
  { table, columns, key }: ReleaseTable,
  name: string,
  year: number,
): Promise<void> {
  const isYear = `${quote(TAX_YEAR)} = ?`;
  const found = await session.select(`SELECT 1 FROM ${quote(name)} WHERE ${isYear} LIMIT 1`, [String(year)]);
  if (found.length > 0) return;
  const list = [...ownColumns({ key }), ...columns.map(({ column }) => column)].map(quote).join(', ');
  await session.run(
    `INSERT INTO ${quote(name)} (${list}) SELECT ${list} FROM ${quote(table)} WHERE ${isYear}`,
    [String(year)],
  );
}
