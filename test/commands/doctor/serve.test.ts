import { expect, test } from 'vitest';
import { checkServe } from '../../../src/commands/doctor/serve.ts';
import type { ServeSettings } from '../../../src/model/serve-settings.ts';

const SETTINGS: ServeSettings = {
  host: '127.0.0.1',
  port: 8480,
  keys: [{ name: 'site', key: 'k'.repeat(48) }],
  names: [],
  origins: [],
  trustedProxies: [],
  rateLimit: 60,
  hasListings: false,
  listingColumns: [],
  disclaimer: undefined,
};

test.each<[string, Partial<ServeSettings>, string]>([
  ['good settings', {}, 'ok'],
  ['loopback without a key', { keys: [] }, 'ok'],
  ['every address without a key', { keys: [], host: '0.0.0.0' }, 'fail'],
  ['a short key', { keys: [{ name: 'site', key: 'k'.repeat(16) }] }, 'warn'],
  ['a name of a proxy without a key', { keys: [], names: ['data.example.com'] }, 'warn'],
  ['a trusted proxy without a key', { keys: [], trustedProxies: ['127.0.0.1'] }, 'warn'],
  ['a name of a proxy with a key', { names: ['data.example.com'], trustedProxies: ['127.0.0.1'] }, 'ok'],
  ['listings without a disclaimer', { hasListings: true }, 'warn'],
  ['listings with one', { hasListings: true, disclaimer: 'Deemed reliable' }, 'ok'],
])('%s', (_, more, result) => {
  expect(checkServe({ ...SETTINGS, ...more }).result).toBe(result);
});

test('no key is printed', () => {
  for (const key of ['k'.repeat(48), 'k'.repeat(16)]) {
    const finding = checkServe({ ...SETTINGS, keys: [{ name: 'site', key }] });
    expect(JSON.stringify(finding)).not.toContain('kkkk');
  }
});
