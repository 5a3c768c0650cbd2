import { expect, test } from 'vitest';
import { createFilteredLookup, isPublicAddress, isRefusedHost } from '../../src/http/address-filter.ts';

test.each([
  ['8.8.8.8', true],
  ['172.15.255.255', true],
  ['172.32.0.1', true],
  ['2606:4700::1111', true],
  ['::ffff:8.8.8.8', true],
  ['127.0.0.1', false],
  ['127.255.0.1', false],
  ['0.0.0.0', false],
  ['10.1.2.3', false],
  ['172.16.0.1', false],
  ['192.168.1.1', false],
  ['169.254.169.254', false],
  ['100.100.100.200', false],
  ['168.63.129.16', false],
  ['255.255.255.255', false],
  ['224.0.0.1', false],
  ['::1', false],
  ['::', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:7f00:1', false],
  ['fd00:ec2::254', false],
  ['fe80::1', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['localhost', false],
])('pitfall 40: %s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

test.each([
  ['http://127.0.0.1/', true],
  ['http://0x7f.1/', true],
  ['http://2130706433/', true],
  ['http://[::1]:8080/', true],
  ['http://[::ffff:10.0.0.1]/', true],
  ['http://8.8.8.8/', false],
  ['http://a.test/', false],
])('the host of %s is refused without a lookup: %s', (url, expected) => {
  expect(isRefusedHost(new URL(url), isPublicAddress)).toBe(expected);
});

test.each([true, false])(
  'a name with a private address is refused when it is looked up (all: %s)',
  async (all) => {
    const lookUp = (check: (address: string) => boolean): Promise<string> =>
      new Promise((resolve) =>
        createFilteredLookup(check)('localhost', { all }, (error) =>
          resolve(error?.constructor.name ?? 'found'),
        ),
      );
    expect(await lookUp(isPublicAddress)).toBe('AddressRefusedError');
    expect(await lookUp(() => true)).toBe('found');
  },
);
