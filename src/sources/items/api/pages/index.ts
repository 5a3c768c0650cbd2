import type { Auth } from '../../settings.ts';
import type { PageSettings } from '../settings.ts';
import { cursorPager } from './cursor.ts';
import { linkPager } from './link.ts';
import { nextPager } from './next.ts';
import { numberPager } from './number.ts';
import { offsetPager } from './offset.ts';
import type { Pager } from './pager.ts';
import { createPromiseFinder } from './promise.ts';

/** One page is all. */
const SINGLE: Pager = {
  first: null,
  addressOf: (_, base) => base,
  next: () => undefined,
  endsByBody: true,
};

/** Creates the pager of a source. @param auth a key in a parameter is not stored. */
export function createPager(settings: PageSettings | undefined, auth: Auth | undefined): Pager {
  if (settings === undefined) return SINGLE;
  const hidden = auth !== undefined && 'query' in auth ? auth.query : undefined;
  return withSize(withEnd(selectPager(settings, hidden), settings), settings);
}

function selectPager(settings: PageSettings, hidden: string | undefined): Pager {
  if ('number' in settings) return numberPager(settings.number, settings.from);
  if ('offset' in settings) return offsetPager(settings.offset, settings.from);
  if ('cursor' in settings) return cursorPager(settings);
  return 'next' in settings ? nextPager(settings.next, hidden) : linkPager(hidden);
}

/** Ends if the answer reports that there are no more records, or that all have been sent. */
function withEnd(pager: Pager, { more, total }: PageSettings): Pager {
  if (more === undefined && total === undefined) return pager;
  const promise = createPromiseFinder({ more, total });
  return {
    ...pager,
    next: (place, page) => {
      const { hasMore, total: all } = promise(page.value);
      const isComplete = hasMore === false || (all !== undefined && page.seen >= all);
      return isComplete ? undefined : pager.next(place, page);
    },
    promise,
    endsByBody: true,
  };
}

function withSize(pager: Pager, { size, size_param: parameter }: PageSettings): Pager {
  if (size === undefined || parameter === undefined) return pager;
  return {
    ...pager,
    addressOf: (place, base) => {
      const sized = new URL(base);
      sized.searchParams.set(parameter, String(size));
      return pager.addressOf(place, sized);
    },
  };
}
