import { type Condition, joinConditions } from '../../list/condition.ts';

/** SQL of `properties`: the listing exists, and its seller allows its display. NULL: the feed has no such flag, or sent none. */
export const IS_SHOWN = 'deleted_at IS NULL AND COALESCE(internet_entire_listing_display_yn, 1) <> 0';

/** SQL of `properties`: the seller allows the display of the address. */
export const IS_ADDRESS_SHOWN = 'COALESCE(internet_address_display_yn, 1) <> 0';

/** Conditions on the address never find a listing that hides it: otherwise a search could locate the listing. */
export function onAddress(conditions: readonly Condition[]): Condition[] {
  if (conditions.length === 0) return [];
  const { sql, values } = joinConditions(conditions);
  return [{ sql: `${IS_ADDRESS_SHOWN} AND ${sql}`, values }];
}

/** Joins conditions of which one must be met. */
export function anyOf(conditions: readonly Condition[]): Condition[] {
  if (conditions.length === 0) return [];
  return [
    {
      sql: conditions.map(({ sql }) => `(${sql})`).join(' OR '),
      values: conditions.flatMap(({ values }) => values),
    },
  ];
}
