import * as z from '../../../lib/zod.ts';
import type { Column } from '../../list/column.ts';
import { joinConditions } from '../../list/condition.ts';
import { selectFields } from '../../list/fields.ts';
import { readRows } from '../../list/read-list.ts';
import { describeFreshness } from '../../freshness.ts';
import { describeNextCopy, refuseOldCopy } from '../../replication.ts';
import { defineRoute } from '../../route.ts';
import { addIncluded, fullListingSchema, includeParameter, limitPage, parseInclude } from './include.ts';
import { listParameters } from './parameters.ts';
import { readRecords } from './read-records.ts';
import { select } from './selection.ts';

const KEY: readonly Column[] = [{ name: 'listing_key', kind: 'text', help: '', isKey: true }];

export const listListings = defineRoute({
  id: 'listListings',
  path: '/listings',
  group: 'Listings',
  summary: 'Listings that may be shown, and the changes since an instant',
  description:
    'Listings whose seller forbids their display are never part of it. A listing that hides its address has null for it, and is ' +
    'not found by it.',
  isListing: true,
  parameters: { ...listParameters, include: includeParameter('none') },
  answer: z.array(fullListingSchema),
  isList: true,
  read: async ({ query }, tools) => {
    const { conditions, filters, hasTombstones, hasListings, order } = select(query);
    const included = parseInclude(query.include, 'none');
    if (included.size > 0) limitPage(query.page_size);
    const columns = selectFields(await tools.readListingColumns(), query.fields);
    const filter = joinConditions(filters);
    const name = JSON.stringify(['listings', hasTombstones, filter]);
    const { rows, ...place } = await readRows(
      { name, table: 'properties', columns: KEY, conditions, order },
      query,
      tools,
      KEY,
    );
    // After the rows: tombstones that were purged before them are known then.
    if (hasTombstones) await refuseOldCopy(tools.database, 'Property', query.updated_after);
    const keys = rows.map((row) => String(row['listing_key']));
    const found = await readRecords(tools.database, keys, columns, filters);
    const served = found.filter(({ isShown }) => (isShown ? hasListings : hasTombstones));
    await addIncluded(
      tools,
      served.filter(({ isShown }) => isShown),
      included,
    );
    return {
      data: served.map(({ record }) => record),
      pagination: place.pagination,
      ...(await describeFreshness(tools)),
      ...describeNextCopy(query.updated_after, order, place),
    };
  },
});
