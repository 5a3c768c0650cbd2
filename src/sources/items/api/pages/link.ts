import type { Pager } from './pager.ts';
import { resolveNext } from './resolve-next.ts';

/** Pages by an address in the header `Link` (RFC 8288). @param hidden a parameter that is not stored. */
export function createLinkPager(hidden: string | undefined): Pager {
  return {
    first: null,
    addressOf: (place, base) => (place === null ? base : new URL(String(place))),
    next: (_, { link, url }) => resolveNext(findNextLink(link), url, hidden),
    endsByBody: false,
  };
}

/** Finds the target with `rel=next`: an address may contain commas and semicolons. */
export function findNextLink(header: string): string | undefined {
  for (const [, target, parameters = ''] of header.matchAll(
    /<([^>]*)>((?:\s*;\s*[\w*-]+(?:\s*=\s*(?:"[^"]*"|[^",;\s]*))?)*)/g,
  )) {
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]*))/i.exec(parameters);
    const names = (relations?.[1] ?? relations?.[2] ?? '').toLowerCase().split(/\s+/);
    if (names.includes('next')) return target;
  }
  return undefined;
}
