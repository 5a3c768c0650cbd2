import type { Pager } from './pager.ts';

/** Pages by number. Only an empty page is the last one: a server may send fewer records than requested. */
export function createNumberPager(parameter: string, from: number): Pager {
  return {
    first: from,
    addressOf: (place, base) => {
      const url = new URL(base);
      url.searchParams.set(parameter, String(place));
      return url;
    },
    next: (place) => Number(place) + 1,
    endsByBody: false,
  };
}
