import { countExpandedPages } from './page-size.ts';

/** Listings whose keys fit into one request: see pack.ts. */
const LISTINGS_A_REQUEST = 250;

/** A run's estimate of the child records of a dataset. */
export type ChildShare = {
  /** Share of the parents whose set has to be fetched: 0 to 1. */
  readonly stale: number;
  /** Records of such a set, on average. */
  readonly records: number;
  /** Whether the whole dataset would be read page by page instead of by parent. */
  readonly isRead: boolean;
};

export type RequestEstimate = {
  /** Parents that are still to be read. */
  readonly parents: number;
  /** Records a page. */
  readonly pageSize: number;
  /** Parents in the next page with child records, and in the largest one. */
  readonly size: number;
  readonly largest: number;
  readonly children: readonly ChildShare[];
};

/** Counts the requests for parents and child records: requested separately, and together. */
export function compareRequests({ parents, pageSize, size, largest, children }: RequestEstimate): {
  readonly separate: number;
  readonly together: number;
} {
  const requests = children.map(({ stale, records, isRead }) => {
    const each = isRead ? records / pageSize : Math.max(records / pageSize, 1 / LISTINGS_A_REQUEST);
    return Math.ceil(parents * stale * each);
  });
  return {
    separate: Math.ceil(parents / pageSize) + requests.reduce((sum, count) => sum + count, 0),
    together: countExpandedPages(parents, size, largest),
  };
}
