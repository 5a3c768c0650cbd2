import { compileJsonPath } from '../../../../lib/json-path.ts';
import type { Pager } from './pager.ts';
import { resolveNext } from './resolve-next.ts';

/** Pages by an address in the page before. @param hidden a parameter that is not stored: the requester adds it. */
export function createNextPager(path: string, hidden: string | undefined): Pager {
  const find = compileJsonPath(path);
  return {
    first: null,
    addressOf: (place, base) => (place === null ? base : new URL(String(place))),
    next: (_, { value, url }) => resolveNext(find(value), url, hidden),
    endsByBody: true,
  };
}
