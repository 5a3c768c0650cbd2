import { type Pager, readSize, readWhole } from './page.ts';

/** Pages by number, `?page=…&size=…`, of which the first is `first`. */
export function createNumberPager(first: 0 | 1): Pager {
  return ({ records, query, repeats }) => {
    const size = readSize(query, 'size');
    const page = readWhole(query, 'page', first);
    if (size === undefined) return { refused: 'size' };
    if (page === undefined || page < first) return { refused: 'page' };
    const start = repeats ? 0 : (page - first) * size;
    const results = records.slice(start, start + size);
    const pages = Math.ceil(records.length / size);
    return {
      body: {
        results,
        page,
        pages: repeats ? page + 1 : pages,
        total: repeats ? records.length * (page + 2) : records.length,
        has_more: repeats || start + size < records.length,
      },
      list: 'results',
    };
  };
}

/** Pages by offset, `?offset=…&limit=…`, of which the first record has the number `first`. */
export function createOffsetPager(first: 0 | 1): Pager {
  return ({ records, query, repeats }) => {
    const limit = readSize(query, 'limit');
    const offset = readWhole(query, 'offset', first);
    if (limit === undefined) return { refused: 'limit' };
    if (offset === undefined || offset < first) return { refused: 'offset' };
    const start = repeats ? 0 : offset - first;
    const items = records.slice(start, start + limit);
    return { body: { items, offset, limit, total: records.length }, list: 'items' };
  };
}
