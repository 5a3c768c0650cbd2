import { expect, test } from 'vitest';
import { compileJsonPath } from '../../src/lib/json-path.ts';

test.each<[string, unknown, unknown]>([
  ['next', { next: 'b' }, 'b'],
  ['meta.next', { meta: { next: 'b' } }, 'b'],
  ['meta.next', { 'meta.next': 'own', meta: { next: 'b' } }, 'own'],
  ['@odata.nextLink', { '@odata.nextLink': 'x' }, 'x'],
  [':updated_at', { ':updated_at': 1 }, 1],
  ['License No', { 'License No': '07' }, '07'],
  ['data[0].id', { data: [{ id: 7 }] }, 7],
  ['title || name', { name: 'n' }, 'n'],
  ['[-1].id', [{ id: 1 }, { id: 2 }], 2],
])('%s of %j is %j', (path, value, expected) => {
  expect(compileJsonPath(path)(value)).toEqual(expected);
});

test.each<[string, unknown]>([
  ['next', {}],
  ['next', null],
  ['next', 'text'],
  ['toString', {}],
  ['meta.next', { meta: null }],
  [':updated_at', { other: 1 }],
  ['a + b', { a: 'x', b: 1 }],
])('%s of %j is nothing', (path, value) => {
  expect(compileJsonPath(path)(value) ?? null).toBeNull();
});
