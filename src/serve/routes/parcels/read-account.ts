import { tablePrefix } from '../../../dataset/table-prefix.ts';
import type { Session, SqlValue } from '../../../db/pool.ts';
import { type Row, selectColumns, toRecord } from '../../list/column.ts';
import { PARCEL_COLUMNS } from './columns.ts';

/** A county's name in sources.yaml. */
const COUNTY = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * Reads an account of a county, of one tax year or the newest.
 * @returns undefined if there is no such county or account.
 */
export async function readAccount(
  database: Session,
  county: string,
  account: string,
  taxYear: number | undefined,
): Promise<Record<string, unknown> | undefined> {
  if (!COUNTY.test(county)) return undefined;
  const table = `${tablePrefix(county)}_parcel`;
  if (!(await isCounty(database, county, table))) return undefined;
  const values: SqlValue[] = [account, ...(taxYear === undefined ? [] : [String(taxYear)])];
  const [row] = await database.select<Row>(
    `SELECT ${selectColumns(PARCEL_COLUMNS)} FROM \`${table}\` WHERE account = ?` +
      `${taxYear === undefined ? '' : ' AND tax_year = ?'} ORDER BY tax_year DESC LIMIT 1`,
    values,
  );
  return row === undefined ? undefined : { county, ...toRecord(PARCEL_COLUMNS, row) };
}

/** Whether a release of this source is published: another table of the user may have such a name. */
async function isCounty(database: Session, source: string, table: string): Promise<boolean> {
  const [row] = await database.select(
    "SELECT 1 AS found FROM etl_import WHERE source = ? AND state = 'published' AND EXISTS (SELECT 1 FROM " +
      'information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?) LIMIT 1',
    [source, table],
  );
  return row !== undefined;
}
