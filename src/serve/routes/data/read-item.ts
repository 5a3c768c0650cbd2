import { createRecordSchema, type Row, selectColumns, toRecord } from '../../list/column.ts';
import { selectFields } from '../../list/fields.ts';
import { pageParameters } from '../../list/page.ts';
import { RequestError } from '../../request-error.ts';
import { defineRoute } from '../../route.ts';
import { ITEM_COLUMNS } from './columns.ts';

const parameters = { fields: pageParameters.fields } as const;

export const readItem = defineRoute({
  id: 'readItem',
  path: '/data/{source}/{external_id}',
  group: 'Items',
  summary: 'One item',
  parameters,
  pathParameters: { source: 'Name of the source.', external_id: 'Id that the source gives the record.' },
  answer: createRecordSchema(ITEM_COLUMNS),
  isDated: true,
  read: async ({ path, query }, { database }) => {
    const columns = selectFields(ITEM_COLUMNS, query.fields);
    const [row] = await database.select<Row>(
      `SELECT ${selectColumns(columns)} FROM unified_items WHERE source_name = ? AND external_id = ? AND deleted_at IS NULL ` +
        'ORDER BY id DESC LIMIT 1',
      [path['source'] ?? '', path['external_id'] ?? ''],
    );
    if (row === undefined) throw new RequestError(404, 'not_found', 'there is no such item');
    const data = toRecord(columns, row);
    return { data, lastModified: String(data['updated_at']) };
  },
});
