import { selectFields } from '../../list/fields.ts';
import { pageParameters } from '../../list/page.ts';
import { describeFreshness } from '../../freshness.ts';
import { defineRoute } from '../../route.ts';
import { findListing } from './find-listing.ts';
import { addIncluded, fullListingSchema, includeParameter, parseInclude } from './include.ts';

export const readListing = defineRoute({
  id: 'readListing',
  path: '/listings/{key}',
  group: 'Listings',
  summary: 'One listing, with its media, open houses, rooms and parcel',
  isListing: true,
  parameters: { fields: pageParameters.fields, include: includeParameter('all') },
  pathParameters: { key: 'Key of the listing.' },
  answer: fullListingSchema,
  read: async ({ path: { key = '' }, query }, tools) => {
    const included = parseInclude(query.include, 'all');
    const columns = selectFields(await tools.readListingColumns(), query.fields);
    const listing = await findListing(tools.database, key, columns);
    await addIncluded(tools, [listing], included);
    return { data: listing.record, ...(await describeFreshness(tools)) };
  },
});
