import { expect, test } from 'vitest';
import { hidePathKeys, isPathKey, redactPathKeys } from '../../../../src/sources/items/stub/path-keys.ts';

const HEX = '9f86d081884c7d659a2feaa0c55ad015';
const MIXED = 'Zx81kQ2mT9vB4nL7pR3sW6yE';

test.each([
  [HEX, true],
  [`private-${HEX}`, true],
  [MIXED, true],
  [`${MIXED}.xml`, true],
  ['eyJhbGciOiJIUzI1NiJ9eyJ1IjoxfQ==', true],
  ['7d9f1c2e-3b4a-4c5d-8e6f-0a1b2c3d4e5f', false],
  ['building-permits-issued-2024-and-2025-by-zip-code', false],
  ['Building_Permits_Issued_2024_Q3_Version_2_Final', false],
  ['BuildingPermitsIssued2024', false],
  ['permits', false],
  ['2026-11-28T00:00:00', false],
  ['ijzp-q8t2.json', false],
  ['${NEWS_PATH_KEY}', false],
])('%s is a key: %s', (segment, expected) => {
  expect(isPathKey(segment)).toBe(expected);
});

test('each key becomes a variable, and an ending stays', () => {
  expect(hidePathKeys(`https://a.test/feed/${HEX}/${MIXED}.xml`, 'NEWS')).toEqual({
    path: 'https://a.test/feed/${NEWS_PATH_KEY}/${NEWS_PATH_KEY_2}.xml',
    names: ['NEWS_PATH_KEY', 'NEWS_PATH_KEY_2'],
  });
});

test('a message does not show the keys of an address', () => {
  const address = `https://a.test/${MIXED}.xml?key=1`;
  expect(redactPathKeys(`a.test/${MIXED}.xml answered 404`, address)).toBe(
    'a.test/[hidden].xml answered 404',
  );
});
