import { type Condition, joinConditions } from '../../list/condition.ts';
import { IS_ADDRESS_SHOWN } from '../../listing-display.ts';

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
