import type { Auth } from '../../settings.ts';
import type { PageSettings } from '../settings.ts';
import { createCursorPager } from './cursor.ts';
import { createLinkPager } from './link.ts';
import { createNextPager } from './next.ts';
import { createNumberPager } from './number.ts';
import { createOffsetPager } from './offset.ts';
import type { Pager } from './pager.ts';
import { createRemainingFinder } from './remaining.ts';

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
  if ('number' in settings) return createNumberPager(settings.number, settings.from);
  if ('offset' in settings) return createOffsetPager(settings.offset, settings.from);
  if ('cursor' in settings) return createCursorPager(settings);
  return 'next' in settings ? createNextPager(settings.next, hidden) : createLinkPager(hidden);
}

/** Ends if the answer reports that there are no more records, or that all have been sent. */
function withEnd(pager: Pager, { more, total }: PageSettings): Pager {
  if (more === undefined && total === undefined) return pager;
  const findRemaining = createRemainingFinder({ more, total });
  return {
    ...pager,
    next: (place, page) => {
      const { hasMore, total: all } = findRemaining(page.value);
      const isComplete = hasMore === false || (all !== undefined && page.seen >= all);
      return isComplete ? undefined : pager.next(place, page);
    },
    findRemaining,
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
