import * as z from '../../../lib/zod.ts';
import { createRecordSchema } from '../../list/column.ts';
import { LISTING_COLUMNS } from './columns.ts';

/** A listing. It may have more fields: the columns of SERVE_LISTING_COLUMNS. */
export const listingSchema = createRecordSchema(LISTING_COLUMNS).catchall(
  z.union([z.string(), z.number(), z.boolean()]).nullable(),
);
