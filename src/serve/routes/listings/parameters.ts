import { includeDeletedParameter } from '../../list/read-deleted.ts';
import { pageParameters } from '../../list/page.ts';
import type { ParameterValues } from '../../parameters/read-parameters.ts';
import { decimal, instant, listOf, oneOf, whole, words } from '../../parameters/types.ts';
import { parseBox } from './box.ts';

const price = (help: string) => decimal.optional().meta({ description: help });
const count = (help: string) => whole(0, 1_000_000).optional().meta({ description: help });
const texts = (help: string) => listOf(words).optional().meta({ description: help });

/** What a listing is selected by. */
const filters = {
  status: texts(
    'Status, such as Active. With or without blanks: ActiveUnderContract, Active Under Contract.',
  ),
  type: texts('Property type or sub type, such as Residential or Condominium.'),
  min_price: price('Lowest asking price.'),
  max_price: price('Highest asking price.'),
  min_beds: count('Fewest bedrooms.'),
  max_beds: count('Most bedrooms.'),
  min_baths: count('Fewest baths.'),
  max_baths: count('Most baths.'),
  min_area: price('Smallest living area.'),
  max_area: price('Largest living area.'),
  min_year: count('Earliest year of construction.'),
  max_year: count('Latest year of construction.'),
  max_dom: count('Most days on the market.'),
  min_list_price: price('Alias of min_price.'),
  max_list_price: price('Alias of max_price.'),
  min_bedrooms_total: count('Alias of min_beds.'),
  max_bedrooms_total: count('Alias of max_beds.'),
  min_bathrooms_total: count('Alias of min_baths.'),
  max_bathrooms_total: count('Alias of max_baths.'),
  min_square_feet: price('Alias of min_area.'),
  max_square_feet: price('Alias of max_area.'),
  min_year_built: count('Alias of min_year.'),
  max_year_built: count('Alias of max_year.'),
  max_days_on_market: count('Alias of max_dom.'),
  city: texts('City, in any case.'),
  postal_code: texts('Zip.'),
  county: texts('County.'),
  agent: words.optional().meta({ description: 'Key or MLS number of the listing agent.' }),
  office: words.optional().meta({ description: 'Key or MLS number of the listing office.' }),
  q: words.optional().meta({ description: 'Part of the address, the city, the zip or the MLS number.' }),
  bbox: words
    .refine((text) => parseBox(text) !== undefined, 'must be west,south,east,north in degrees')
    .optional()
    .meta({ description: 'A box on the map: west,south,east,north in degrees.' }),
} as const;

export const listParameters = {
  ...pageParameters,
  ...filters,
  updated_after: instant.optional().meta({
    description:
      'Changed at this instant or later, in the order of changes and with tombstones: for a copy. Start the next copy with ' +
      'next_updated_after of the last page, if the pages were read by cursor.',
  }),
  deleted: oneOf('false', 'true', 'only')
    .optional()
    .meta({
      description:
        'Tombstones of listings that are deleted or hidden, or do not match the filters: false, true (too) or only. Unset: ' +
        'false, but true with updated_after.',
    }),
  include_deleted: includeDeletedParameter,
  sort_by: oneOf('updated_at', 'list_price', 'modification_timestamp', 'on_market_date')
    .optional()
    .meta({ description: 'Unset: updated_at.' }),
} as const;

export type ListQuery = ParameterValues<typeof listParameters>;

/** The names of the filters that a request has. */
export function findFilters(query: ListQuery): string[] {
  return Object.keys(filters).filter((name) => query[name as keyof typeof filters] !== undefined);
}
