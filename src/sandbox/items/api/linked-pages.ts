import { type Pager, type PageRequest, readSize, withParam } from './page.ts';

/** A place in the list as a client gets it: it cannot be guessed or counted up. */
function sealPlace(place: number): string {
  return Buffer.from(JSON.stringify({ place })).toString('base64url');
}

/** Undefined: not a place that the sandbox gave out. */
function openPlace(cursor: string): number | undefined {
  try {
    const opened: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const place = (opened as { place?: unknown }).place;
    return typeof place === 'number' ? place : undefined;
  } catch {
    return undefined;
  }
}

type Cut = { readonly page: PageRequest['records']; readonly next: number | undefined };

/** The page that starts at a place, and the place of the next one. */
function cutPage({ records, repeats, keepsCursor }: PageRequest, place: number, size: number): Cut {
  if (repeats) return { page: records.slice(0, size), next: place + size };
  const end = place + size;
  return { page: records.slice(place, end), next: end < records.length || keepsCursor ? end : undefined };
}

/**
 * Pages by a cursor, `?cursor=…&limit=…`. With `needsFirst`, the first request must have `cursor=*`: without it, the first page
 * has no cursor.
 */
export function createCursorPager(needsFirst: boolean): Pager {
  return (request) => {
    const size = readSize(request.query, 'limit');
    if (size === undefined) return { refused: 'limit' };
    const given = request.query.get('cursor');
    const isFirst = given === null || (needsFirst && given === '*');
    const place = isFirst ? 0 : openPlace(given);
    if (place === undefined) return { refused: 'cursor' };
    const { page, next } = cutPage(request, place, size);
    const hasCursor = next !== undefined && !(needsFirst && given === null);
    const isBeyond = request.keepsCursor && place >= request.records.length;
    return {
      body: {
        data: isBeyond ? null : page,
        meta: {
          next_cursor: hasCursor ? sealPlace(request.repeats ? 0 : next) : null,
          has_more: next !== undefined && !isBeyond,
          count: page.length,
        },
      },
      list: 'data',
    };
  };
}

/** Pages with the whole address of the next one in the body: `next`, or null. */
export const nextPager: Pager = (request) => {
  const size = readSize(request.query, 'limit');
  const place = openPlace(request.query.get('after') ?? sealPlace(0));
  if (size === undefined) return { refused: 'limit' };
  if (place === undefined) return { refused: 'after' };
  const { page, next } = cutPage(request, place, size);
  const address =
    next === undefined ? null : withParam(request.url, 'after', sealPlace(request.repeats ? 0 : next));
  const isBeyond = request.keepsCursor && place >= request.records.length;
  return { body: { value: isBeyond ? null : page, next: address }, list: 'value' };
};

/** A bare list, with the address of the next page in the header Link (RFC 8288). */
export const linkPager: Pager = (request) => {
  const size = readSize(request.query, 'per_page');
  const place = openPlace(request.query.get('after') ?? sealPlace(0));
  if (size === undefined) return { refused: 'per_page' };
  if (place === undefined) return { refused: 'after' };
  const { page, next } = cutPage(request, place, size);
  const links = [`<${withParam(request.url, 'after', sealPlace(0))}>; rel="first"`];
  if (next !== undefined) {
    const address = withParam(request.url, 'after', sealPlace(request.repeats ? 0 : next));
    links.push(`<${address}>; title="more, please"; rel="next"`);
  }
  return { body: page, list: undefined, headers: { Link: links.join(', ') } };
};

/** All records as a bare list, or the first ones with `limit`: an API without pages. */
export const wholePager: Pager = ({ records, query }) => {
  const limit = query.has('limit') ? readSize(query, 'limit') : records.length;
  if (limit === undefined) return { refused: 'limit' };
  return { body: records.slice(0, limit), list: undefined };
};
