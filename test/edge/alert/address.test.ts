import { expect, test } from 'vitest';
import { isHere, secretsIn, splitAddress } from '../../../src/edge/alert/address.ts';
import { redactor } from '../../../src/edge/redact.ts';

test('credentials in an address go into a header, decoded', () => {
  const { url, headers } = splitAddress('https://me:p%40ss@hooks.example.com/x?y=1');
  expect(url.href).toBe('https://hooks.example.com/x?y=1');
  expect(Buffer.from(headers['authorization']!.slice('Basic '.length), 'base64').toString()).toBe('me:p@ss');
  expect(splitAddress('https://hooks.example.com/x').headers).toEqual({});
});

test('a percent sign that encodes nothing stands for itself', () => {
  const { headers } = splitAddress('https://me:100%@hooks.example.com/');
  expect(Buffer.from(headers['authorization']!.slice('Basic '.length), 'base64').toString()).toBe('me:100%');
});

test.each([
  ['smtp://localhost', true],
  ['smtp://127.0.0.9:25', true],
  ['smtp://[::1]:25', true],
  ['smtp://mail.example.com', false],
  ['smtp://localhost.example.com', false],
  ['smtp://not-localhost', false],
])('%s is on this machine: %s', (address, here) => {
  expect(isHere(new URL(address))).toBe(here);
});

test.each([
  ['the address', 'posting to https://hooks.example.com/services/T000/B000/abcdefgh failed'],
  ['its path', 'no route for /services/T000/B000/abcdefgh'],
])('promise 19: %s of a webhook appears nowhere', (_, text) => {
  const { clean } = redactor(secretsIn('https://hooks.example.com/services/T000/B000/abcdefgh'));
  expect(clean(text)).not.toContain('abcdefgh');
});

test('promise 19: the password of a mail server appears nowhere, as it stands and decoded', () => {
  const { clean } = redactor(secretsIn('smtp://me:p%40ssword@mail.example.com:587'));
  expect(clean('p@ssword, p%40ssword, smtp://me:p%40ssword@mail.example.com:587')).toBe(
    '[hidden], [hidden], [hidden]',
  );
  expect(clean('mail.example.com')).toBe('mail.example.com');
});

test('a short path is nobody’s secret, and what is not set has none', () => {
  expect(secretsIn('http://127.0.0.1:8080/hook')).not.toContain('/hook');
  expect(secretsIn(undefined)).toEqual([]);
});
