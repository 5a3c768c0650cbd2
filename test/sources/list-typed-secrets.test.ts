import { expect, test } from 'vitest';
import { listTypedSecrets } from '../../src/sources/list-typed-secrets.ts';

test('secrets that were typed into an entry are listed; references, ordinary values and user names are not', () => {
  const entry = {
    type: 'api',
    url: 'https://example.com/v1/Ab3dE6gH9jK2mN5pQ8sT1vW4.json?city=Austin&api_key=a%2Fb-9&token=${TOKEN}',
    query: { limit: '50', apikey: 'geheim-1', sig: '${SIG}' },
    headers: {
      Accept: 'application/json',
      Prefer: 'respond-async',
      'X-Key': 'geheim-2',
      Authorization: 'Bearer geheim-3',
      'X-Token': 'Bearer ${TOKEN}',
    },
    auth: { basic: 'reader', password: 'geheim-4' },
    item: { external_id: 'key', title: 'token' },
  };
  expect(listTypedSecrets(entry)).toEqual([
    'Ab3dE6gH9jK2mN5pQ8sT1vW4',
    'a/b-9',
    'a%2Fb-9',
    'geheim-1',
    'geheim-2',
    'Bearer geheim-3',
    'geheim-3',
    'geheim-4',
  ]);
});

test.each([
  [{ bearer: 'geheim' }, ['geheim']],
  [{ header: 'X-A', value: 'Token geheim' }, ['Token geheim', 'geheim']],
  [{ query: 'key', value: 'geheim' }, ['geheim']],
  [{ oauth2: 'https://a.test/token', client_id: 'me', client_secret: 'geheim', scope: 'read' }, ['geheim']],
  ['not a map', []],
  [undefined, []],
])('of auth: %j, %j are secrets', (auth, expected) => {
  expect(listTypedSecrets({ type: 'api', auth })).toEqual(expected);
});

test('lists of addresses and files are read', () => {
  const url = ['https://a.test/a.csv?key=geheim', './b.csv?key=1'];
  expect(listTypedSecrets({ type: 'csv', url })).toEqual(['geheim', 'geheim']);
});
