import { expect, test } from 'vitest';
import { hideSecrets } from '../../../../src/sources/items/stub/hide-secrets.ts';

const KEY = 's3cret-value';

test('one key of the query becomes auth, and the other parameters stay as they were typed', () => {
  const divided = hideSecrets(`https://a.test/x?$limit=5&api_key=${KEY}%26&q=a:b`, 'open-data');
  expect(divided).toEqual({
    request: { url: 'https://a.test/x?$limit=5&q=a:b', auth: { query: 'api_key', value: `${KEY}&` } },
    entry: {
      url: 'https://a.test/x?$limit=5&q=a:b',
      auth: { query: 'api_key', value: '${OPEN_DATA_API_KEY}' },
    },
    variables: [{ name: 'OPEN_DATA_API_KEY', part: 'the value of api_key' }],
  });
});

test('a user and a password become basic authentication, and then a key stays in the query as a reference', () => {
  const { request, entry, variables } = hideSecrets(`https://me:p%40ss@a.test/f?token=${KEY}`, 'news');
  expect(request).toEqual({ url: `https://a.test/f?token=${KEY}`, auth: { basic: 'me', password: 'p@ss' } });
  expect(entry).toEqual({
    url: 'https://a.test/f?token=${NEWS_TOKEN}',
    auth: { basic: '${NEWS_USER}', password: '${NEWS_PASSWORD}' },
  });
  expect(variables.map(({ name }) => name)).toEqual(['NEWS_USER', 'NEWS_PASSWORD', 'NEWS_TOKEN']);
});

test('a key in the path becomes a reference, and is requested as it was typed', () => {
  const address = 'https://a.test/feed/9f86d081884c7d659a2feaa0c55ad015/rss?limit=5';
  expect(hideSecrets(address, 'news')).toEqual({
    request: { url: address, auth: undefined },
    entry: { url: 'https://a.test/feed/${NEWS_PATH_KEY}/rss?limit=5', auth: undefined },
    variables: [{ name: 'NEWS_PATH_KEY', part: 'a part of the path' }],
  });
});

test.each([
  ['key', true],
  ['accessToken', true],
  ['client_secret', true],
  ['appid', true],
  ['X-Api-Key', true],
  ['keyword', false],
  ['sort_key', false],
  ['page_token', false],
  ['author', false],
])('%s is the name of a secret: %s', (name, isSecret) => {
  const { variables } = hideSecrets(`https://a.test/?${name}=${KEY}`, 'x');
  expect(variables.length === 1).toBe(isSecret);
});

test('a long random value is a secret under any name; a reference to a variable is none', () => {
  expect(hideSecrets('https://a.test/?u=0123456789abcdef0123456789abcdef', 'x').variables).toHaveLength(1);
  const address = 'https://a.test/?u=1&key=${MINE}&token=';
  expect(hideSecrets(address, 'x')).toMatchObject({
    variables: [],
    entry: { url: address, auth: undefined },
  });
});
