import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { findTarget } from '../../src/http/redirect.ts';

const target = (from: string, location: string | undefined, redirects = 0): string =>
  findTarget(
    new URL(from),
    { status: 302, headers: location === undefined ? {} : { location } },
    redirects,
    'GET',
  ).href;

describe('findTarget', () => {
  test.each([
    ['https://a.test/x/y', 'z', 'https://a.test/x/z'],
    ['https://a.test/x/y', 'https://b.test/', 'https://b.test/'],
    ['http://a.test/x', 'https://a.test/x', 'https://a.test/x'],
    ['http://me:secret@a.test/x', '/z', 'http://a.test/z'],
    ['http://a.test/x', 'http://me:secret@b.test/z', 'http://b.test/z'],
  ])('from %s to %s', (from, location, expected) => {
    expect(target(from, location)).toBe(expected);
  });

  test.each([
    ['https://a.test/x', 'http://a.test/x', 0, 'a redirect to http://a.test, which is not encrypted'],
    ['https://a.test/x', 'file:///etc/passwd', 0, 'which is not HTTP'],
    ['https://a.test/x', 'https://[', 0, 'invalid address'],
    ['https://a.test/x', undefined, 0, 'without an address'],
    ['https://a.test/x', '/y', 5, 'more than 5 redirects'],
  ])('from %s to %s is refused after %i redirects: %s', (from, location, redirects, reason) => {
    expect(() => target(from, location, redirects)).toThrow(ConfigError);
    expect(() => target(from, location, redirects)).toThrow(reason);
  });

  test('no error shows a signed query or a password', () => {
    const error = (() => {
      try {
        return target('https://me:secret@a.test/x?token=abc', 'http://u:pass@b.test/?sig=def');
      } catch (cause) {
        return String(cause);
      }
    })();
    expect(error).toContain('a.test/x');
    expect(error).not.toMatch(/secret|abc|pass|def/);
  });
});
