import type { Answer } from '../route.ts';

/** The headers of an answer that come from its content. @param url of the request. */
export function createAnswerHeaders(answer: Answer, url: URL, etag: string): Record<string, string> {
  const { pagination, lastUpdated, lastModified, status } = answer;
  return {
    etag,
    'cache-control': status === undefined ? 'private, max-age=60' : 'no-store',
    vary: 'Authorization, X-API-Key, Accept-Encoding',
    ...(pagination?.next_cursor == null
      ? {}
      : { link: `<${formatNext(url, pagination.next_cursor)}>; rel="next"` }),
    ...(pagination?.total_items == null ? {} : { 'x-total-count': String(pagination.total_items) }),
    ...(lastModified === undefined ? {} : { 'last-modified': new Date(lastModified).toUTCString() }),
    ...(lastUpdated == null ? {} : { 'x-last-update': lastUpdated }),
  };
}

/** The address of the next page, relative to the server: behind a proxy its own name is not known. */
function formatNext(url: URL, cursor: string): string {
  const query = new URLSearchParams(url.searchParams);
  query.delete('page');
  query.set('cursor', cursor);
  return `${url.pathname}?${query.toString()}`;
}
