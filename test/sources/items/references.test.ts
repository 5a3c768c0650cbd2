import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createReferences, mapTexts } from '../../../src/sources/items/references.ts';

const references = createReferences(
  new Map([
    ['KEY', 'a key/b+c'],
    ['SHORT', 'ab'],
    ['LONG', 'a key/b+c+d'],
  ]),
);

test.each([
  ['a key/b+c', '${KEY}'],
  ['x?key=a%20key%2Fb%2Bc&page=2', 'x?key=${KEY:1}&page=2'],
  ['x?key=a+key%2Fb%2Bc', 'x?key=${KEY:2}'],
  ['http://a.test/a%20key/b+c/list', 'http://a.test/${KEY:3}/list'],
  ['a key/b+c+d', '${LONG}'],
  ['ab', 'ab'],
  ['a literal ${KEY}', 'a literal ${}KEY}'],
])('the value in %s is stored as %s, and comes back', (text, stored) => {
  expect(references.hide(text)).toBe(stored);
  expect(references.insert(stored)).toBe(text);
});

test('a value that changed is inserted as it is now, in the same encoding', () => {
  const changed = createReferences(new Map([['KEY', 'n&w']]));
  expect(changed.insert(references.hide('x?key=a+key%2Fb%2Bc'))).toBe('x?key=n%26w');
  expect(changed.insert('${OTHER}')).toBe('${OTHER}');
});

test('every text comes back, and does not have the value while it is hidden', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a key/b+c', '${', '}', '${KEY}', 'x', '${}', '%')), (parts) => {
      const text = parts.join('');
      expect(references.hide(text)).not.toContain('a key/b+c');
      expect(references.insert(references.hide(text))).toBe(text);
    }),
  );
});

test('texts within lists and members are changed, names are not', () => {
  expect(mapTexts({ a: ['b', 1, null], c: { d: 'e' } }, (text) => text.toUpperCase())).toEqual({
    a: ['B', 1, null],
    c: { d: 'E' },
  });
});
