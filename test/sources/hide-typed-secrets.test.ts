import { expect, test } from 'vitest';
import { hideTypedSecrets } from '../../src/sources/hide-typed-secrets.ts';

test('secrets that were typed into an entry are hidden; references and the rest stay', () => {
  const entry = {
    type: 'api',
    url: 'https://example.com/v1/Ab3dE6gH9jK2mN5pQ8sT1vW4/items?city=Austin&api_key=geheim1234&token=${TOKEN}',
    query: { limit: '50', apikey: 'geheim1234', sig: '${SIG}' },
    headers: { Accept: 'application/json', 'X-Key': 'geheim1234', Authorization: 'Bearer ${TOKEN}' },
    auth: { basic: 'reader', password: 'geheim1234' },
    item: { external_id: 'key', title: 'token' },
  };
  expect(hideTypedSecrets(entry, 'crime')).toEqual({
    ...entry,
    url: 'https://example.com/v1/[hidden]/items?city=Austin&api_key=[hidden]&token=${TOKEN}',
    query: { limit: '50', apikey: '[hidden]', sig: '${SIG}' },
    headers: { Accept: 'application/json', 'X-Key': '[hidden]', Authorization: 'Bearer ${TOKEN}' },
    auth: { basic: 'reader', password: '[hidden]' },
  });
});

test('entries without addresses, and lists of paths, stay as they are', () => {
  const county = { type: 'county', layout: 'hcad', url: ['https://example.com/2026/a.zip', './b.zip'] };
  expect(hideTypedSecrets(county, 'hcad')).toEqual(county);
  expect(hideTypedSecrets({ type: 'csv', url: './items.csv' }, 'a')).toEqual({
    type: 'csv',
    url: './items.csv',
  });
});
