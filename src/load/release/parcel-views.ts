import type { Session } from '../../db/pool.ts';
import { PARCEL_FIELDS } from '../../dataset/parcel-fields.ts';
import { quote } from '../statement.ts';
import { TAX_YEAR } from './create-table.ts';

/** A source with a table of accounts: its id, and the table's name. */
export type ParcelSource = { readonly source: string; readonly table: string };

const PARCEL_COLUMNS = [TAX_YEAR, 'account', ...PARCEL_FIELDS];

const LISTING_COLUMNS = [
  'listing_key',
  'listing_id',
  'standard_status',
  'list_price',
  'unparsed_address',
  'city',
  'postal_code',
  'county_or_parish',
  'living_area',
  'year_built',
  'bedrooms_total',
  'bathrooms_full',
  'bathrooms_half',
];

/** Returns the selects of the views: the accounts of all counties, and listings with their account. @param sources at least one. */
export function parcelViews(sources: readonly ParcelSource[]): Readonly<Record<string, string>> {
  return {
    v_parcels: sources.map(selectParcels).join(' UNION ALL '),
    v_listing_parcels: sources.map(selectListings).join(' UNION ALL '),
  };
}

function selectParcels({ source, table }: ParcelSource): string {
  const columns = PARCEL_COLUMNS.map((column) => `a.${quote(column)}`).join(', ');
  return (
    `SELECT '${source}' AS source, ${columns}, ` +
    `COALESCE(a.full_baths, 0) + COALESCE(a.half_baths, 0) / 2 AS baths, COALESCE(a.pools, 0) > 0 AS has_pool FROM ${quote(table)} AS a`
  );
}

/** The match decides which account is read: each listing takes one look into an index. */
function selectListings({ source, table }: ParcelSource): string {
  const listing = LISTING_COLUMNS.map((column) => `p.${quote(column)}`).join(', ');
  const parcel = PARCEL_COLUMNS.map((column) => `a.${quote(column)} AS ${quote(`parcel_${column}`)}`).join(
    ', ',
  );
  return (
    `SELECT ${listing}, m.source, m.method, m.score, ${parcel} FROM parcel_match AS m ` +
    `JOIN properties AS p ON p.listing_key = m.listing_key AND p.deleted_at IS NULL ` +
    `JOIN ${quote(table)} AS a ON a.tax_year = m.tax_year AND a.account = m.account WHERE m.source = '${source}'`
  );
}

/** Creates or replaces views. SQL SECURITY INVOKER: the user of a view needs SELECT on its tables. */
export async function replaceViews(session: Session, views: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, select] of Object.entries(views)) {
    await session.run(`CREATE OR REPLACE SQL SECURITY INVOKER VIEW ${quote(name)} AS ${select}`);
  }
}

/** Whether a view exists and reads just these tables. */
export async function hasView(session: Session, name: string, tables: readonly string[]): Promise<boolean> {
  const [row] = await session.select<{ definition: string }>(
    'SELECT view_definition AS definition FROM information_schema.views WHERE table_schema = DATABASE() AND table_name = ?',
    [name],
  );
  if (row === undefined) return false;
  const used = new Set(row.definition.match(/`\w+_parcel`/g) ?? []);
  return used.size === tables.length && tables.every((table) => used.has(quote(table)));
}
