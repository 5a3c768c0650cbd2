import { placeholders } from '../db/placeholders.ts';
import type { Session } from '../db/pool.ts';

/** The account of a listing, and the values of both that can be compared. */
export type ListingParcel = {
  readonly source: string;
  /** As the listing names it. */
  readonly parcelNumber: string | null;
  /** Null: no account matches. */
  readonly account: {
    readonly number: string;
    readonly year: number;
    readonly method: string;
    readonly score: number;
    readonly owner: string | null;
    readonly address: string | null;
    /** Values before and after the cap. */
    readonly marketValue: number | null;
    readonly appraisedValue: number | null;
  } | null;
  /** What both have; a value is null if one side has none. */
  readonly compared: readonly {
    readonly field: 'living area' | 'year built' | 'bedrooms';
    readonly listing: number | null;
    readonly account: number | null;
  }[];
};

type Row = {
  parcel_number: string | null;
  account: string | null;
  tax_year: number | null;
  method: string | null;
  score: string | null;
  owner: string | null;
  address: string | null;
  market_value: string | number | null;
  appraised_value: string | number | null;
  listed_area: string | number | null;
  listed_year: number | null;
  listed_beds: number | null;
  living_area: string | number | null;
  year_built: number | null;
  bedrooms: number | null;
};

/**
 * Reads the account of a listing.
 * @param table the quoted name of the table of accounts. @param counties in lower case.
 * @returns undefined if the listing is not stored, or not in one of these counties.
 */
export async function readListingParcel(
  session: Session,
  source: string,
  { table, counties }: { readonly table: string; readonly counties: readonly string[] },
  key: string,
): Promise<ListingParcel | undefined> {
  const [row] = await session.select<Row>(
    'SELECT p.parcel_number, a.account, a.tax_year, m.method, m.score, a.owner, a.address, a.market_value, a.appraised_value, ' +
      'p.living_area AS listed_area, p.year_built AS listed_year, p.bedrooms_total AS listed_beds, a.living_area, a.year_built, a.bedrooms ' +
      'FROM properties AS p LEFT JOIN parcel_match AS m ON m.source = ? AND m.listing_key = p.listing_key ' +
      `LEFT JOIN ${table} AS a ON a.tax_year = m.tax_year AND a.account = m.account ` +
      `WHERE p.listing_key = ? AND LOWER(p.county_or_parish) IN (${placeholders(counties.length)})`,
    [source, key, ...counties],
  );
  if (row === undefined) return undefined;
  const { account, tax_year: year, method, score } = row;
  return {
    source,
    parcelNumber: row.parcel_number,
    account:
      account === null || year === null || method === null
        ? null
        : {
            number: account,
            year,
            method,
            score: Number(score),
            owner: row.owner,
            address: row.address,
            marketValue: toNumber(row.market_value),
            appraisedValue: toNumber(row.appraised_value),
          },
    compared:
      account === null
        ? []
        : [
            { field: 'living area', listing: toNumber(row.listed_area), account: toNumber(row.living_area) },
            { field: 'year built', listing: row.listed_year, account: row.year_built },
            { field: 'bedrooms', listing: row.listed_beds, account: row.bedrooms },
          ],
  };
}

function toNumber(value: string | number | null): number | null {
  return value === null ? null : Number(value);
}
