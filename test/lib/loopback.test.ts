import { expect, test } from 'vitest';
import { isLoopback } from '../../src/lib/loopback.ts';

test.each([
  ['smtp://localhost', true],
  ['smtp://127.0.0.9:25', true],
  ['smtp://[::1]:25', true],
  ['smtp://mail.example.com', false],
  ['smtp://localhost.example.com', false],
  ['smtp://not-localhost', false],
])('%s is on this machine: %s', (address, here) => {
  expect(isLoopback(new URL(address))).toBe(here);
});
