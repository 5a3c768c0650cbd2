import { describe, expect, test } from 'vitest';
import { type ProxySettings, findProxy, listProxySecrets } from '../../src/http/proxy.ts';

const both: ProxySettings = { https: 'http://secure:3128', http: 'http://plain:8080', exempt: [] };
const nameFor = (address: string, more: Partial<ProxySettings> = {}): string | undefined =>
  findProxy(new URL(address), { ...both, ...more })?.name;

describe('findProxy', () => {
  test('depends on the scheme of the address', () => {
    expect(nameFor('https://api.example.com/x')).toBe('secure:3128');
    expect(nameFor('http://api.example.com/x')).toBe('plain:8080');
    expect(nameFor('https://api.example.com/x', { https: undefined })).toBeUndefined();
  });

  test.each([
    'http://localhost/',
    'http://LOCALHOST.:80/',
    'http://feed.localhost/',
    'http://127.0.0.1:8080/',
    'http://127.9.9.9/',
    'http://127.1/',
    'https://[::1]:8443/',
    'http://[::ffff:127.0.0.1]/',
  ])('promise 19: none for this machine: %s', (address) => {
    expect(nameFor(address)).toBeUndefined();
  });

  test.each([
    'http://127.example.com/',
    'http://128.0.0.1/',
    'http://localhost.example.com/',
    'http://[::2]/',
  ])('but for %s', (address) => {
    expect(nameFor(address)).toBe('plain:8080');
  });

  test.each([
    ['*', 'https://api.example.com/', true],
    ['api.example.com', 'https://api.example.com/', true],
    ['API.Example.com', 'https://api.example.com/', true],
    ['example.com', 'https://api.example.com/', true],
    ['.example.com', 'https://api.example.com/', true],
    ['*.example.com', 'https://api.example.com/', true],
    ['ample.com', 'https://api.example.com/', false],
    ['api.example.com:443', 'https://api.example.com/', true],
    ['api.example.com:8443', 'https://api.example.com/', false],
    ['api.example.com:8443', 'https://api.example.com:8443/', true],
    ['10.0.0.0/8', 'https://10.1.2.3/', true],
    ['10.0.0.0/8', 'https://11.1.2.3/', false],
    ['10.0.0.0/99', 'https://10.1.2.3/', false],
    ['2001:db8::/32', 'https://[2001:db8::7]/', true],
    ['10.1.2.3', 'https://10.1.2.3/', true],
    ['2.3', 'https://10.1.2.3/', false],
    ['[2001:db8::7]', 'https://[2001:db8::7]/', true],
    ['2001:db8::7', 'https://[2001:db8::7]/', true],
    ['[2001:db8::7]:8443', 'https://[2001:db8::7]/', false],
    ['', 'https://api.example.com/', false],
    ['.', 'https://api.example.com/', false],
  ])('NO_PROXY %j and %s: %s', (entry, address, isExempt) => {
    expect(nameFor(address, { exempt: ['other.test', entry] }) === undefined).toBe(isExempt);
  });

  test.each([
    ['http://corp:p%40ss@proxy:3128', 'corp:p@ss'],
    ['http://corp:p@ss@proxy:3128', 'corp:p@ss'],
    ['http://corp:100%@proxy:3128', 'corp:100%'],
    ['http://corp@proxy:3128', 'corp:'],
    ['corp:word@proxy:3128', 'corp:word'],
  ])('user and password of %s are %j', (https, pair) => {
    const proxy = findProxy(new URL('https://api.example.com'), { ...both, https });
    expect(proxy?.authorization).toBe(`Basic ${Buffer.from(pair).toString('base64')}`);
    expect(proxy?.url.href).toBe('http://proxy:3128/');
  });

  test('a proxy without a port or a scheme gets the default ones', () => {
    expect(nameFor('https://api.example.com', { https: 'http://proxy' })).toBe('proxy:80');
    expect(nameFor('https://api.example.com', { https: 'https://proxy' })).toBe('proxy:443');
    expect(nameFor('https://api.example.com', { https: 'proxy:3128' })).toBe('proxy:3128');
  });

  test('promise 19: the password is a secret, encoded and decoded; the rest is not', () => {
    expect(listProxySecrets('http://corp:p%40ss@proxy:3128')).toEqual(['p%40ss', 'p@ss']);
    expect(listProxySecrets('http://proxy:3128')).toEqual([]);
    expect(listProxySecrets(undefined)).toEqual([]);
  });
});
