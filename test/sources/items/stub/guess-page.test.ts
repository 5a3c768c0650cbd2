import { describe, expect, test } from 'vitest';
import { guessPage, suggestPage } from '../../../../src/sources/items/stub/guess-page.ts';

const URL_OF_LIST = 'https://api.example.com/things';
const RECORDS = [{ id: 1 }, { id: 2 }];

function guess(value: unknown, { target = URL_OF_LIST, link = '' } = {}) {
  return guessPage({ type: 'api', target, records: RECORDS, answer: { value, list: undefined, link } });
}

describe('guessPage', () => {
  test.each<[string, unknown, object | undefined]>([
    ['an address of the next page', { next: 'https://api.example.com/things?after=2' }, { next: 'next' }],
    ['OData', { '@odata.nextLink': '/things?$skip=2' }, { next: '@odata.nextLink' }],
    ['a token', { nextPageToken: 'abc' }, { cursor: 'nextPageToken', param: 'pageToken' }],
    [
      'a cursor in a map',
      { meta: { next_cursor: 'abc', has_more: true } },
      { cursor: 'meta.next_cursor', param: 'cursor', more: 'meta.has_more' },
    ],
    ['a page from 0', { page: 0, total: 9 }, { number: 'page', from: '0', total: 'total' }],
    [
      'an offset and its size',
      { offset: 0, limit: 2, count: 9 },
      { offset: 'offset', size: '2', size_param: 'limit', total: 'count' },
    ],
    ['a count of this page, which is not the total', { offset: 0, count: 2 }, { offset: 'offset' }],
    ['a last page', { next: null }, undefined],
    ['a bare list', [{ id: 1 }], undefined],
  ])('finds %s', (_, value, page) => {
    const found = guess(value);
    if (page === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(page);
    if (page !== undefined && !('total' in page)) expect(found).not.toHaveProperty('total');
  });

  test('prefers the header, and knows nothing of files', () => {
    const link = `<${URL_OF_LIST}?page=2>; rel="next"`;
    expect(guess({ page: 1 }, { link })).toEqual({ link: 'next' });
    expect(guess({ page: 1 }, { target: '/srv/list.json' })).toBeUndefined();
  });
});

test('suggestPage names the parameters like the size in the address', () => {
  const sample = { type: 'api', records: RECORDS } as const;
  expect(suggestPage({ ...sample, target: `${URL_OF_LIST}?$limit=5` })).toEqual({
    offset: '$offset',
    size: '5',
    size_param: '$limit',
  });
  expect(suggestPage({ ...sample, target: URL_OF_LIST })).toMatchObject({ offset: 'offset', size: '100' });
});
