import { expect, test } from 'vitest';
import { findSecrets, splitAddress } from '../../../src/notify/alert/address.ts';
import { createRedactor } from '../../../src/log/redact.ts';

test('credentials in an address go into a header, decoded', () => {
  const { url, headers } = splitAddress('https://me:p%40ss@hooks.example.com/x?y=1');
  expect(url.href).toBe('https://hooks.example.com/x?y=1');
  expect(Buffer.from(headers['authorization']!.slice('Basic '.length), 'base64').toString()).toBe('me:p@ss');
  expect(splitAddress('https://hooks.example.com/x').headers).toEqual({});
});

test('a percent sign that encodes nothing is literal', () => {
  const { headers } = splitAddress('https://me:100%@hooks.example.com/');
  expect(Buffer.from(headers['authorization']!.slice('Basic '.length), 'base64').toString()).toBe('me:100%');
});

test.each([
  ['the address', 'posting to https://hooks.example.com/services/T000/B000/abcdefgh failed'],
  ['its path', 'no route for /services/T000/B000/abcdefgh'],
])('promise 19: %s of a webhook appears nowhere', (_, text) => {
  const { clean } = createRedactor(findSecrets('https://hooks.example.com/services/T000/B000/abcdefgh'));
  expect(clean(text)).not.toContain('abcdefgh');
});

test.each([
  // Formats of real services.
  [
    'https://hooks.slack.com/services/T01ABCDEF/B02ABCDEF/aBcDeFgHiJkLmNoPqRsTuVwX',
    'aBcDeFgHiJkLmNoPqRsTuVwX',
  ],
  ['https://hooks.slack.com/services/T01ABCDEF/B02ABCDEF/aBcDeFgHiJkLmNoPqRsTuVwX', 'B02ABCDEF'],
  ['https://discord.com/api/webhooks/1234567890/a-B_c-D_e-F_0123', 'a-B_c-D_e-F_0123'],
  ['https://hc-ping.com/5f0c3b1e-0a1b-4c2d-8e3f-abcdefabcdef', '5f0c3b1e-0a1b-4c2d-8e3f-abcdefabcdef'],
  ['https://hc-ping.com/aBcDeFgHiJkLmNoPqRsTuV/trestle-etl', 'aBcDeFgHiJkLmNoPqRsTuV'],
  ['https://example.com/hook?room=1&token=abcdefgh', 'abcdefgh'],
  ['https://example.com/hook?abcdefgh', 'abcdefgh'],
  ['https://example.com/hook?token=ab%2Bcd%2Fefgh', 'ab+cd/efgh'],
  ['https://example.com/a%20secret%20of%20mine/x', 'a secret of mine'],
  ['https://ntfy.sh/mysecrettopic', 'mysecrettopic'],
])('promise 19: what is secret in %s appears nowhere by itself', (address, secret) => {
  const { clean } = createRedactor(findSecrets(address));
  expect(clean(`unknown token "${secret}"`)).toBe('unknown token "[hidden]"');
});

test.each([
  'https://hooks.slack.com/services/T01ABCDEF/B02ABCDEF/aBcDeFgHiJkLmNoPqRsTuVwX',
  'https://discord.com/api/webhooks/1234567890/a-B_c-D_e-F_0123',
  'https://hc-ping.com/aBcDeFgHiJkLmNoPqRsTuV/trestle-etl',
  'https://alerts.example.com/trestle-etl',
  'https://example.com/properties/hook?token=abcdefgh&room=1',
])('what is not secret in %s stays in every line', (address) => {
  const { clean } = createRedactor(findSecrets(address));
  const line = 'trestle-etl sync: services, webhooks and properties of example.com, room 1';
  expect(clean(line)).toBe(line);
});

test('promise 19: the password of a mail server appears nowhere, encoded or decoded', () => {
  const { clean } = createRedactor(findSecrets('smtp://me:p%40ssword@mail.example.com:587'));
  expect(clean('p@ssword, p%40ssword, smtp://me:p%40ssword@mail.example.com:587')).toBe(
    '[hidden], [hidden], [hidden]',
  );
  expect(clean('mail.example.com')).toBe('mail.example.com');
});

test('a short path is not a secret, and an unset address has none', () => {
  expect(findSecrets('http://127.0.0.1:8080/hook')).not.toContain('/hook');
  expect(findSecrets(undefined)).toEqual([]);
});
