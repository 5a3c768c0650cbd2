import type { Session } from '../../../db/pool.ts';
import { readAccount } from './read-account.ts';

type Match = {
  readonly source: string;
  readonly account: string;
  readonly year: number;
  readonly method: string;
  readonly score: string;
};

/** Reads the account that a listing is matched with, the most certain one if several counties have one; null if none. */
export async function readListingParcel(
  database: Session,
  key: string,
): Promise<Record<string, unknown> | null> {
  const [match] = await database.select<Match>(
    'SELECT source, account, tax_year AS year, method, score FROM parcel_match WHERE listing_key = ? ' +
      'ORDER BY score DESC, source LIMIT 1',
    [key],
  );
  if (match === undefined) return null;
  const { source, account, year, method, score } = match;
  const parcel = await readAccount(database, source, account, year);
  return parcel === undefined ? null : { ...parcel, match: { method, score: Number(score) } };
}
