import { describe, expect, test } from 'vitest';
import { formatHost, parseHostList } from '../../src/lib/host-list.ts';

describe('a list of hosts', () => {
  test.each([
    ['db1', [{ host: 'db1' }]],
    ['127.0.0.1', [{ host: '127.0.0.1' }]],
    ['db1,db2:3307 , db3', [{ host: 'db1' }, { host: 'db2', port: 3307 }, { host: 'db3' }]],
    ['[::1]:3306,[2001:db8::1]', [{ host: '::1', port: 3306 }, { host: '2001:db8::1' }]],
    ['::1', [{ host: '::1' }]],
    ['fe80::1%eth0,db2', [{ host: 'fe80::1%eth0' }, { host: 'db2' }]],
    ['db_1.internal', [{ host: 'db_1.internal' }]],
    [
      'db1:1,db1:2',
      [
        { host: 'db1', port: 1 },
        { host: 'db1', port: 2 },
      ],
    ],
  ])('%s', (text, wanted) => {
    expect(parseHostList(text)).toEqual(wanted.map((each) => ({ port: undefined, ...each })));
  });

  test.each([
    '',
    'db1,',
    ',db1',
    'db1,,db2',
    'db1:',
    'db1:0',
    'db1:65536',
    'db1:x',
    'db1 db2',
    '[::1',
    '::1]:3306',
    'db1,DB1',
    'a:b:c',
  ])('refuses "%s"', (text) => expect(parseHostList(text)).toBeUndefined());

  test.each([
    [{ host: 'db1', port: 3306 }, 'db1:3306'],
    [{ host: '2001:db8::1', port: 3307 }, '[2001:db8::1]:3307'],
  ])('writes %o as it reads it', (host, text) => {
    expect(formatHost(host)).toBe(text);
    expect(parseHostList(text)).toEqual([host]);
  });
});
