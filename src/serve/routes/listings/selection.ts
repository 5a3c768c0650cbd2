import { type Condition, compare } from '../../list/condition.ts';
import { readDeleted } from '../../list/read-deleted.ts';
import type { Order } from '../../list/keyset.ts';
import { RequestError } from '../../request-error.ts';
import { listFilters } from './conditions.ts';
import { IS_SHOWN } from '../../listing-display.ts';
import { findFilters, type ListQuery } from './parameters.ts';

/** Which listings a request reads. */
export type Selection = {
  /** Conditions of the page of keys. */
  readonly conditions: readonly Condition[];
  /** Conditions that a listing must meet to be shown, besides those on its display. */
  readonly filters: readonly Condition[];
  /** Whether listings that are not shown are read as tombstones. */
  readonly hasTombstones: boolean;
  readonly hasListings: boolean;
  readonly order: Order;
};

/**
 * Decides what a request reads. With tombstones, filters are not conditions of the page: a listing that no longer matches them is
 * a tombstone, so that a copy of a part of the listings removes it, and nothing can be learned of those that are not shown.
 * @throws RequestError (400) for parameters that exclude each other.
 */
export function select(query: ListQuery): Selection {
  const deleted = readDeleted(query);
  const filters = listFilters(query);
  const changed = compare('updated_at', '>=', query.updated_after);
  const order = findOrder(query);
  if (deleted === 'false') {
    const conditions = [{ sql: IS_SHOWN, values: [] }, ...filters, ...changed];
    return { conditions, filters, hasTombstones: false, hasListings: true, order };
  }
  if (order.column !== 'updated_at') {
    throw conflict(
      'tombstones have the order of changes: use sort_by=updated_at, or deleted=false',
      'sort_by',
    );
  }
  if (deleted === 'true') {
    return { conditions: changed, filters, hasTombstones: true, hasListings: true, order };
  }
  const [filter] = findFilters(query);
  if (filter !== undefined) throw conflict(`deleted=only cannot be filtered by ${filter}`, filter);
  const conditions = [{ sql: `NOT (${IS_SHOWN})`, values: [] }, ...changed];
  return { conditions, filters, hasTombstones: true, hasListings: false, order };
}

function conflict(message: string, parameter: string): RequestError {
  return new RequestError(400, 'conflicting_parameters', message, parameter);
}

const NULLABLE = new Set(['list_price', 'on_market_date']);

/** Each order has an index. */
function findOrder({ sort_by: column = 'updated_at', sort_order, updated_after }: ListQuery): Order {
  const direction = sort_order ?? (updated_after === undefined ? 'desc' : 'asc');
  return { column, key: 'listing_key', direction, isNullable: NULLABLE.has(column) };
}
