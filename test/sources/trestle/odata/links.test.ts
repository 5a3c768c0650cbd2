import { describe, expect, test } from 'vitest';
import { FatalError } from '../../../../src/errors.ts';
import { checkNextLink } from '../../../../src/sources/trestle/odata/links.ts';

const BASE = 'https://api.example.com/trestle/odata';
const HERE = `${BASE}/Property?$top=1000`;
const VISITED = new Set([HERE]);

describe('checkNextLink', () => {
  test('promise 4: returns a link to the same origin byte for byte', () => {
    const link = `${BASE}/Property?%24top=10&%24skip=10&%24filter=City+eq+%27A%27`;
    expect(checkNextLink(link, BASE, VISITED)).toBe(link);
    expect(checkNextLink('https://api.example.com:443/x', BASE, VISITED)).toBe(
      'https://api.example.com:443/x',
    );
  });

  test.each([
    'https://evil.example.com/trestle/odata/Property',
    'http://api.example.com/trestle/odata/Property',
    'https://api.example.com:8443/trestle/odata/Property',
    'https://api.example.com.evil.com/trestle/odata/Property',
    'https://api.example.com@evil.com/trestle/odata/Property',
    '//evil.com/x',
    '/trestle/odata/Property?$skip=10',
    'javascript:alert(1)',
    '',
  ])('promise 4: %j is refused: it would receive the token', (link) => {
    expect(() => checkNextLink(link, BASE, VISITED)).toThrow(FatalError);
    expect(() => checkNextLink(link, BASE, VISITED)).toThrow('not followed');
  });

  test('promise 4: the error does not repeat secrets of a refused link', () => {
    expect(() => checkNextLink('https://evil.com/?token=abc', BASE, VISITED)).toThrow(
      "the API's nextLink leads to https://evil.com: not followed",
    );
  });

  test('promise 4: a link that leads back to the same page is an error, not a hang', () => {
    expect(() => checkNextLink(HERE, BASE, VISITED)).toThrow('leads back to a page that was already read');
    const written = HERE.replace('$', '%24');
    expect(() => checkNextLink(written, BASE, VISITED)).toThrow('leads back to a page that was already read');
  });
});
