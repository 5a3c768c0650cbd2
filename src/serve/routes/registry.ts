import type { Route } from '../route.ts';
import { listItems } from './data/list-items.ts';
import { readItem } from './data/read-item.ts';
import { readHealth } from './health/read-health.ts';
import { readLiveness } from './health/read-liveness.ts';

/** The routes of the API, in the order of its documentation. */
export const ROUTES: readonly Route[] = [readHealth, readLiveness, listItems, readItem];
