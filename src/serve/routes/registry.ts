import type { Route } from '../route.ts';
import { listItems } from './data/list-items.ts';
import { readItem } from './data/read-item.ts';
import { readHealth } from './health/read-health.ts';
import { readLiveness } from './health/read-liveness.ts';
import { readMetrics } from './metrics/read-metrics.ts';
import { readStats } from './stats/read-stats.ts';
import { listMedia, listOpenHouses, listRooms } from './listings/list-children.ts';
import { listListings } from './listings/list-listings.ts';
import { readListing } from './listings/read-listing.ts';
import { readParcel } from './parcels/read-parcel.ts';

/** The routes of the API, in the order of its documentation. */
export const ROUTES: readonly Route[] = [
  readHealth,
  readLiveness,
  readStats,
  readMetrics,
  listItems,
  readItem,
  listListings,
  readListing,
  listMedia,
  listOpenHouses,
  listRooms,
  readParcel,
];
