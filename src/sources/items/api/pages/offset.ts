import { createNumberPager } from './number.ts';
import type { Pager } from './pager.ts';

/** Pages by the number of records before them: as many as the server sent, which may send fewer than requested. */
export function createOffsetPager(parameter: string, from: number): Pager {
  return { ...createNumberPager(parameter, from), next: (place, { count }) => Number(place) + count };
}
