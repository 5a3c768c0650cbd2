import { describe } from 'vitest';
import { type ItemSubject, itemsConform } from '../../items-conformance.ts';
import { notes, openApi } from './api-server.ts';

const ALL = notes(1, 25);
const KEYS = ALL.map(({ id }) => String(id));
const SIZE = 10;

const open = async (
  page: object | undefined,
  answer: Parameters<typeof openApi>[1],
  more: object = {},
): Promise<ItemSubject> => {
  const setting = await openApi({ page, ...more }, answer);
  return {
    reader: setting.reader,
    keys: KEYS,
    requests: () => setting.server.asked.length,
    counted: setting.requests,
  };
};

/** Records from a place, and where the next page starts. */
const slice = (from: number) => ({
  rows: ALL.slice(from, from + SIZE),
  next: from + SIZE < ALL.length ? from + SIZE : undefined,
});

describe.each<[string, () => Promise<ItemSubject>]>([
  [
    'number',
    () => open({ number: 'page' }, ({ query }) => ({ body: slice((Number(query['page']) - 1) * SIZE).rows })),
  ],
  ['offset', () => open({ offset: 'skip' }, ({ query }) => ({ body: slice(Number(query['skip'])).rows }))],
  [
    'cursor',
    () =>
      open({ cursor: 'meta.next', param: 'after' }, ({ query }) => {
        const { rows, next = null } = slice(Number(query['after'] ?? 0));
        return { body: { data: rows, meta: { next } } };
      }),
  ],
  [
    'next',
    () =>
      open({ next: '@odata.nextLink' }, ({ query }) => {
        const { rows, next } = slice(Number(query['from'] ?? 0));
        return { body: { value: rows, '@odata.nextLink': next && `/list?from=${next}` } };
      }),
  ],
  [
    'link',
    () =>
      open({ link: 'next' }, ({ query }) => {
        const { rows, next } = slice(Number(query['from'] ?? 0));
        return { body: rows, headers: next ? { link: `</list?from=${next}>; rel="next"` } : {} };
      }),
  ],
  [
    'since',
    () =>
      open(
        { number: 'page' },
        ({ query }) => {
          const newer = ALL.filter(({ at }) => at >= (query['since'] ?? ''));
          const from = (Number(query['page']) - 1) * SIZE;
          return { body: newer.slice(from, from + SIZE) };
        },
        { since: { field: 'at', param: 'since', order: 'asc' } },
      ),
  ],
])('a REST API with the pager %s', (_, create) => {
  itemsConform({ open: create, second: 'repeated' });
});
