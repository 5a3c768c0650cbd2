import type { ReleaseTable } from '../../dataset/release-table.ts';
import type { Session } from '../../db/pool.ts';
import { quote } from '../../load/statement.ts';
import { TAX_YEAR } from '../../load/release/create-table.ts';
import type { TableChange } from '../../record/import-quality.ts';

/**
 * Compares a staged table with the published one of the same name.
 * @param name the quoted name of the staged table. @param hasPublished whether there is one to compare with.
 */
export async function compareTable(
  session: Session,
  table: ReleaseTable,
  name: string,
  hasPublished: boolean,
): Promise<TableChange> {
  const rows = await countIn(session, `SELECT COUNT(*) AS n FROM ${name}`);
  const key = table.key ?? table.indexes[0];
  const unit = table.key === undefined && key !== undefined ? 'groups' : 'rows';
  if (!hasPublished || key === undefined) return { table: table.table, rows, unit, changes: undefined };
  const old = quote(table.table);
  const columns = await readSharedColumns(session, table);
  const [left, right] =
    table.key === undefined ? [groupRows(name, key, columns), groupRows(old, key, columns)] : [name, old];
  const compared = table.key === undefined ? ['row_count', 'row_sum'] : columns;
  const on = [TAX_YEAR, ...key].map((column) => `a.${quote(column)} <=> b.${quote(column)}`).join(' AND ');
  const same = compared.map((column) => `a.${quote(column)} <=> b.${quote(column)}`).join(' AND ');
  const [found] = await session.select<{ total: number; added: number; changed: number }>(
    `SELECT COUNT(*) AS total, COALESCE(SUM(b.${quote(TAX_YEAR)} IS NULL), 0) AS added, ` +
      `COALESCE(SUM(b.${quote(TAX_YEAR)} IS NOT NULL AND NOT (${same})), 0) AS changed FROM ${left} AS a LEFT JOIN ${right} AS b ON ${on}`,
  );
  const [total, added, changed] = [found?.total, found?.added, found?.changed].map(Number) as [
    number,
    number,
    number,
  ];
  const before = await countIn(session, `SELECT COUNT(*) AS n FROM ${right} AS b`);
  const matched = total - added;
  const changes = { added, changed, unchanged: matched - changed, gone: before - matched };
  return { table: table.table, rows, unit, changes };
}

/** One row for the rows with the same first index, such as those of an account, with a sum that differs if any row does. */
function groupRows(name: string, key: readonly string[], columns: readonly string[]): string {
  const group = [TAX_YEAR, ...key].map(quote).join(', ');
  const values = columns.map((column) => `COALESCE(CONCAT('=', ${quote(column)}), '-')`).join(', ');
  return (
    `(SELECT ${group}, COUNT(*) AS row_count, SUM(CRC32(CONCAT_WS('|', ${values}))) AS row_sum ` +
    `FROM ${name} GROUP BY ${group})`
  );
}

/** The columns that the published table has too. */
async function readSharedColumns(session: Session, table: ReleaseTable): Promise<string[]> {
  const rows = await session.select<{ name: string }>(
    'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?',
    [table.table],
  );
  const known = new Set(rows.map(({ name }) => name));
  return table.columns.map(({ column }) => column).filter((column) => known.has(column));
}

async function countIn(session: Session, sql: string): Promise<number> {
  const [row] = await session.select<{ n: number }>(sql);
  return row?.n ?? 0;
}
