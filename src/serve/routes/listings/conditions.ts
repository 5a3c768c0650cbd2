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
    ...compare('list_price', '>=', query.min_price),
    ...compare('list_price', '<=', query.max_price),
    ...compare('list_price', '>=', query.min_list_price),
    ...compare('list_price', '<=', query.max_list_price),
    ...compare('bedrooms_total', '>=', query.min_beds?.toString()),
    ...compare('bathrooms_total_integer', '>=', query.min_baths?.toString()),
    ...compare('living_area', '>=', query.min_area),
    ...compare('year_built', '>=', query.min_year?.toString()),
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
