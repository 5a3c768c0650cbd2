import * as z from '../../../lib/zod.ts';
import { words } from '../../parameters/types.ts';
import { RequestError } from '../../request-error.ts';
import type { ServeTools } from '../../tools.ts';
import { parcelSchema } from '../parcels/columns.ts';
import { readListingParcel } from '../parcels/listing-parcel.ts';
import { mediumSchema, readMedia } from './media.ts';
import { openHouseSchema, readOpenHouses } from './open-houses.ts';
import type { ListingRecord } from './read-records.ts';
import { readRooms, roomSchema } from './rooms.ts';
import { listingSchema } from './schema.ts';

/** What a listing may have besides its own columns. */
const INCLUDED = ['media', 'open_houses', 'rooms', 'parcel'] as const;

export type Included = (typeof INCLUDED)[number];

/** Listings of a page at most, if it includes anything: some have a hundred photos. */
const MAX_PAGE_SIZE = 200;

/** @param unset what is included if the parameter is not given. */
export function includeParameter(unset: string) {
  return words.optional().meta({
    description: `none, or any of ${INCLUDED.join(', ')}, separated by commas. Unset: ${unset}.`,
  });
}

/** The schema of a listing with what may be included. */
export const fullListingSchema = listingSchema.extend({
  media: z.array(mediumSchema).optional(),
  open_houses: z.array(openHouseSchema).optional(),
  rooms: z.array(roomSchema).optional(),
  parcel: parcelSchema
    .nullable()
    .optional()
    .meta({ description: 'The account of the county; null if none matches, or the address is hidden.' }),
});

/** @param unset what an absent parameter means. @throws RequestError (400) for an unknown name. */
export function parseInclude(text: string | undefined, unset: 'all' | 'none'): ReadonlySet<Included> {
  const value = text ?? unset;
  if (value === 'all' && text === undefined) return new Set(INCLUDED);
  if (value === 'none') return new Set();
  const names = value.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !INCLUDED.some((known) => known === name));
  if (unknown === undefined) return new Set(INCLUDED.filter((name) => names.includes(name)));
  throw new RequestError(
    400,
    'invalid_parameter',
    `include must be none, or some of: ${INCLUDED.join(', ')}`,
    'include',
  );
}

/** @throws RequestError (400) if a page with what is included would be too large. */
export function limitPage(pageSize: number | undefined): void {
  if (pageSize === undefined || pageSize <= MAX_PAGE_SIZE) return;
  const message = `page_size is at most ${MAX_PAGE_SIZE} with include`;
  throw new RequestError(400, 'invalid_parameter', message, 'page_size');
}

/** Adds what is included to the records of these listings, which may be shown. */
export async function addIncluded(
  { database, clock }: Pick<ServeTools, 'database' | 'clock'>,
  listings: readonly Pick<ListingRecord, 'isAddressShown' | 'record'>[],
  included: ReadonlySet<Included>,
): Promise<void> {
  const owners = listings.map((each) => ({ ...each, key: String(each.record['listing_key']) }));
  const keys = owners.map(({ key }) => key);
  const add = (name: Included, values: ReadonlyMap<string, unknown>): void => {
    for (const { key, record } of owners) record[name] = values.get(key);
  };
  if (included.has('media')) add('media', await readMedia(database, owners));
  if (included.has('open_houses')) add('open_houses', await readOpenHouses(database, keys, clock.now()));
  if (included.has('rooms')) add('rooms', await readRooms(database, keys));
  if (!included.has('parcel')) return;
  for (const { key, record, isAddressShown } of owners)
    record['parcel'] = isAddressShown ? await readListingParcel(database, key) : null;
}
