import { type Column, createRecordSchema } from '../../list/column.ts';
import * as z from '../../../lib/zod.ts';

/** What is served of an account: columns of the county's table. The owner is not. */
export const PARCEL_COLUMNS: readonly Column[] = [
  { name: 'account', kind: 'text', help: 'Number of the account.', isKey: true },
  { name: 'tax_year', kind: 'integer', help: 'Tax year.', isKey: true },
  { name: 'address', kind: 'text', help: 'Address of the property.' },
  { name: 'city', kind: 'text', help: 'City.' },
  { name: 'postal_code', kind: 'text', help: 'Zip.' },
  { name: 'neighborhood', kind: 'text', help: 'Code of the neighborhood.' },
  { name: 'class', kind: 'text', help: 'Code of the class of the property.' },
  { name: 'market_value', kind: 'decimal', help: 'Value before the homestead cap.' },
  { name: 'appraised_value', kind: 'decimal', help: 'Value after the homestead cap.' },
  { name: 'land_square_feet', kind: 'decimal', help: 'Size of the land in square feet.' },
  { name: 'acres', kind: 'decimal', help: 'Size of the land in acres.' },
  { name: 'living_area', kind: 'decimal', help: 'Living area in square feet.' },
  { name: 'year_built', kind: 'integer', help: 'Year of construction.' },
  { name: 'bedrooms', kind: 'decimal', help: 'Bedrooms.' },
  { name: 'full_baths', kind: 'decimal', help: 'Full baths.' },
  { name: 'half_baths', kind: 'decimal', help: 'Half baths.' },
  {
    name: 'baths',
    sql: 'COALESCE(full_baths, 0) + COALESCE(half_baths, 0) / 2',
    kind: 'decimal',
    help: 'Baths; a half bath counts 0.5.',
  },
  { name: 'pools', kind: 'integer', help: 'Number of pools.' },
];

const county = z.string().meta({ description: 'Name of the county in sources.yaml.' });

export const parcelSchema = createRecordSchema(PARCEL_COLUMNS).extend({
  county,
  match: z
    .strictObject({ method: z.string(), score: z.number() })
    .optional()
    .meta({ description: 'Of a listing: how its account was found, and how certainly, from 0 to 1.' }),
});
