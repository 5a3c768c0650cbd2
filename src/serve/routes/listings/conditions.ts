import { compare, type Condition, contains, isOneOf } from '../../list/condition.ts';
import { STREET_ADDRESS } from './address.ts';
import { parseBox } from './box.ts';
import { anyOf, onAddress } from './display.ts';
import type { ListQuery } from './parameters.ts';

/** The conditions of the filters of a request, as SQL of `properties`. */
export function listFilters(query: ListQuery): Condition[] {
  return [
    ...isOneOf('standard_status', query.status?.flatMap(spell)),
    ...anyOf([
      ...isOneOf('property_type', query.type?.flatMap(spell)),
      ...isOneOf('property_sub_type', query.type?.flatMap(spell)),
    ]),
    ...isBetween(
      'list_price',
      [query.min_price, query.min_list_price],
      [query.max_price, query.max_list_price],
    ),
    ...isBetween(
      'bedrooms_total',
      [query.min_beds, query.min_bedrooms_total],
      [query.max_beds, query.max_bedrooms_total],
    ),
    ...isBetween(
      'bathrooms_total_integer',
      [query.min_baths, query.min_bathrooms_total],
      [query.max_baths, query.max_bathrooms_total],
    ),
    ...isBetween(
      'living_area',
      [query.min_area, query.min_square_feet],
      [query.max_area, query.max_square_feet],
    ),
    ...isBetween(
      'year_built',
      [query.min_year, query.min_year_built],
      [query.max_year, query.max_year_built],
    ),
    ...isBetween('days_on_market', [], [query.max_dom, query.max_days_on_market]),
    ...isOneOf('city', query.city),
    ...isOneOf('postal_code', query.postal_code),
    ...isOneOf('county_or_parish', query.county),
    ...anyOf([
      ...compare('list_agent_key', '=', query.agent),
      ...compare('list_agent_mls_id', '=', query.agent),
    ]),
    ...anyOf([
      ...compare('list_office_key', '=', query.office),
      ...compare('list_office_mls_id', '=', query.office),
    ]),
    ...anyOf([
      ...onAddress(contains([STREET_ADDRESS, 'unparsed_address'], query.q)),
      ...contains(['city', 'postal_code', 'listing_id'], query.q),
    ]),
    ...onAddress(isInBox(query.bbox)),
  ];
}

type Limit = number | string | undefined;

/** Every limit that is given applies: aliases too. */
function isBetween(column: string, lowest: readonly Limit[], highest: readonly Limit[]): Condition[] {
  return [
    ...lowest.flatMap((limit) => compare(column, '>=', limit?.toString())),
    ...highest.flatMap((limit) => compare(column, '<=', limit?.toString())),
  ];
}

/** Values of enums as feeds send them: `ActiveUnderContract`, or `Active Under Contract` with PRETTY_ENUMS. */
function spell(value: string): string[] {
  const short = value.replaceAll(' ', '');
  return [...new Set([value, short, short.replace(/([a-z])(?=[A-Z])/g, '$1 ')])];
}

function isInBox(text: string | undefined): Condition[] {
  const box = text === undefined ? undefined : parseBox(text);
  if (box === undefined) return [];
  return [
    ...compare('latitude', '>=', box.south),
    ...compare('latitude', '<=', box.north),
    ...compare('longitude', '>=', box.west),
    ...compare('longitude', '<=', box.east),
  ];
}
