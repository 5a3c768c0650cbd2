import type { Context } from '../app/context.ts';
import type { Session } from '../db/pool.ts';
import type { ListingParcel } from '../record/listing-parcel.ts';
import { readMatchedParcel } from '../run/inspect/listing-parcel.ts';

type ParcelContext = Pick<Context, 'sources' | 'sourceNamed'> & { readonly database: Session };

/** Reads the accounts of a listing, of each county that it belongs to. Reads the database only. */
export async function readParcels(context: ParcelContext, key: string): Promise<ListingParcel[]> {
  const found: ListingParcel[] = [];
  for (const { id, every } of context.sources) {
    if (every === undefined) continue;
    const matching = (await context.sourceNamed(id).tools.source.release?.load())?.matching;
    if (matching === undefined) continue;
    const parcel = await readMatchedParcel(context.database, id, matching, key);
    if (parcel !== undefined) found.push(parcel);
  }
  return found;
}
