import { createRecordSchema } from '../../list/column.ts';
import { compare, type Condition, contains, isOneOf } from '../../list/condition.ts';
import { pageParameters } from '../../list/page.ts';
import { includeDeletedParameter, readDeleted } from '../../list/read-deleted.ts';
import { readList } from '../../list/read-list.ts';
import type { Order } from '../../list/keyset.ts';
import type { ParameterValues } from '../../parameters/read-parameters.ts';
import { decimal, instant, listOf, oneOf, words } from '../../parameters/types.ts';
import * as z from '../../../lib/zod.ts';
import { describeNextCopy, refuseOldCopy } from '../../replication.ts';
import { RequestError } from '../../request-error.ts';
import { defineRoute } from '../../route.ts';
import { ITEM_COLUMNS } from './columns.ts';

const parameters = {
  ...pageParameters,
  source_type: listOf(oneOf('api', 'csv', 'rss'))
    .optional()
    .meta({ description: 'Type of the source.' }),
  source_name: listOf(words).optional().meta({ description: 'Name of the source.' }),
  category: listOf(words).optional().meta({ description: 'Category.' }),
  search: words.optional().meta({ description: 'Part of the title or the description.' }),
  min_amount: decimal.optional().meta({ description: 'Smallest amount.' }),
  max_amount: decimal.optional().meta({ description: 'Greatest amount.' }),
  published_after: instant.optional().meta({ description: 'Published at this instant or later.' }),
  published_before: instant.optional().meta({ description: 'Published before this instant.' }),
  updated_after: instant.optional().meta({
    description:
      'Changed at this instant or later, in the order of changes and with deleted items: for a copy. Start the next ' +
      'copy with next_updated_after of the last page, if the pages were read by cursor.',
  }),
  deleted: oneOf('false', 'true', 'only').optional().meta({
    description: 'Deleted items: false, true (too) or only. Unset: false, but true with updated_after.',
  }),
  include_deleted: includeDeletedParameter,
  sort_by: oneOf('updated_at', 'published_at', 'id')
    .optional()
    .meta({ description: 'published_at needs one source_name or one category. Unset: updated_at.' }),
} as const;

type Query = ParameterValues<typeof parameters>;

export const listItems = defineRoute({
  id: 'listItems',
  path: '/data',
  group: 'Items',
  summary: 'Items of all sources',
  parameters,
  answer: z.array(createRecordSchema(ITEM_COLUMNS)),
  isList: true,
  read: async ({ query }, tools) => {
    const order = findOrder(query);
    const list = { name: 'items', table: 'unified_items', columns: ITEM_COLUMNS, order };
    const { records, ...place } = await readList(
      { ...list, conditions: listConditions(query) },
      query,
      tools,
    );
    // After the rows: tombstones that were purged before them are known then.
    if (readDeleted(query) !== 'false')
      await refuseOldCopy(tools.database, 'unified_items', query.updated_after);
    return {
      data: records,
      pagination: place.pagination,
      ...describeNextCopy(query.updated_after, order, place),
    };
  },
});

function listConditions(query: Query): Condition[] {
  const deleted = readDeleted(query);
  return [
    ...isOneOf('source_type', query.source_type),
    ...isOneOf('source_name', query.source_name),
    ...isOneOf('category', query.category),
    ...contains(['title', 'description'], query.search),
    ...compare('amount', '>=', query.min_amount),
    ...compare('amount', '<=', query.max_amount),
    ...compare('published_at', '>=', query.published_after),
    ...compare('published_at', '<', query.published_before),
    ...compare('updated_at', '>=', query.updated_after),
    ...(deleted === 'true'
      ? []
      : [{ sql: `deleted_at IS ${deleted === 'only' ? 'NOT ' : ''}NULL`, values: [] }]),
  ];
}

/** The order has an index: other orders would read and sort the whole table for each page. */
function findOrder({ sort_by, sort_order, source_name, category, updated_after }: Query): Order {
  const column = sort_by ?? 'updated_at';
  const direction = sort_order ?? (updated_after === undefined ? 'desc' : 'asc');
  const isNarrow = source_name?.length === 1 || category?.length === 1;
  if (column === 'published_at' && !isNarrow) {
    throw new RequestError(
      400,
      'invalid_parameter',
      'sort_by=published_at needs one source_name or one category',
      'sort_by',
    );
  }
  return { column, key: 'id', direction, isNullable: column === 'published_at' };
}
