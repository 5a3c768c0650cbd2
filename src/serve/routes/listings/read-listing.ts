import * as z from '../../../lib/zod.ts';
import { selectFields } from '../../list/fields.ts';
import { pageParameters } from '../../list/page.ts';
import { words } from '../../parameters/types.ts';
import { describeFreshness } from '../../freshness.ts';
import { defineRoute } from '../../route.ts';
import { readListingParcel } from '../parcels/listing-parcel.ts';
import { parcelSchema } from '../parcels/columns.ts';
import { findListing } from './find-listing.ts';
import { INCLUDED, parseInclude } from './include.ts';
import { mediumSchema, readMedia } from './media.ts';
import { openHouseSchema, readOpenHouses } from './open-houses.ts';
import { readRooms, roomSchema } from './rooms.ts';
import { listingSchema } from './schema.ts';

const parameters = {
  fields: pageParameters.fields,
  include: words
    .optional()
    .meta({ description: `none, or any of ${INCLUDED.join(', ')}, separated by commas. Unset: all.` }),
} as const;

export const readListing = defineRoute({
  id: 'readListing',
  path: '/listings/{key}',
  group: 'Listings',
  summary: 'One listing, with its media, open houses, rooms and parcel',
  isListing: true,
  parameters,
  pathParameters: { key: 'Key of the listing.' },
  answer: listingSchema.extend({
    media: z.array(mediumSchema).optional(),
    open_houses: z.array(openHouseSchema).optional(),
    rooms: z.array(roomSchema).optional(),
    parcel: parcelSchema
      .nullable()
      .optional()
      .meta({ description: 'The account of the county; null if none matches, or the address is hidden.' }),
  }),
  read: async ({ path: { key = '' }, query }, tools) => {
    const { database, clock } = tools;
    const included = parseInclude(query.include);
    const columns = selectFields(await tools.readListingColumns(), query.fields);
    const { record, isAddressShown } = await findListing(database, key, columns);
    if (included.has('media')) record['media'] = await readMedia(database, key, isAddressShown);
    if (included.has('open_houses')) record['open_houses'] = await readOpenHouses(database, key, clock.now());
    if (included.has('rooms')) record['rooms'] = await readRooms(database, key);
    if (included.has('parcel'))
      record['parcel'] = isAddressShown ? await readListingParcel(database, key) : null;
    return { data: record, ...(await describeFreshness(tools)) };
  },
});
