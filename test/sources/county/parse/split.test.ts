import { expect, test } from 'vitest';
import { createLocator, unquote } from '../../../../src/sources/county/parse/split.ts';

function split(line: string, hasQuotes: boolean, size = 9): string[] {
  const locator = createLocator({ kind: 'delimited', delimiter: ',', hasQuotes }, [], size);
  const text = `before,${line},after`;
  const count = locator.locate(text, 7, 7 + line.length);
  return Array.from({ length: count }, (_, index) => text.slice(locator.starts[index], locator.ends[index]));
}

test.each([
  ['a,b,c', ['a', 'b', 'c']],
  ['a', ['a']],
  [',', ['', '']],
  ['a,,', ['a', '', '']],
  ['"a,b"', ['"a', 'b"']],
])('%j has the fields %j', (line, fields) => {
  expect(split(line, false)).toEqual(fields);
});

test.each([
  ['a,b', ['a', 'b']],
  ['"a,b",c', ['"a,b"', 'c']],
  ['"a ""quoted"", b",c', ['"a ""quoted"", b"', 'c']],
  ['"",""', ['""', '""']],
  ['"a,"b",c', ['"a,"b"', 'c']],
  ['"12 inches,b', ['"12 inches', 'b']],
  ['a "b, c', ['a "b', ' c']],
  ['"a" b,c', ['"a" b', 'c']],
  ['"a,b","c', ['"a,b"', '"c']],
  ['', ['']],
  ['a,', ['a', '']],
  ['"a",', ['"a"', '']],
])('%j has the fields %j with quotes', (line, fields) => {
  expect(split(line, true)).toEqual(fields);
});

test.each([
  ['"a,b"', 'a,b'],
  ['"a ""b"""', 'a "b"'],
  ['""', ''],
  ['"', '"'],
  ['"a', '"a'],
  ['a"', 'a"'],
  ['', ''],
])('%j without its quotes is %j', (field, text) => {
  expect(unquote(field)).toBe(text);
});

test.each([false, true])('fields that a shorter line lacks are empty (quotes: %s)', (hasQuotes) => {
  const locator = createLocator({ kind: 'delimited', delimiter: ',', hasQuotes }, [], 3);
  locator.locate('a,b,c', 0, 5);
  expect(locator.locate('d', 0, 1)).toBe(1);
  expect(locator.starts[2]).toBe(locator.ends[2]);
});

test.each([false, true])('fields beyond the expected ones are counted (quotes: %s)', (hasQuotes) => {
  const locator = createLocator({ kind: 'delimited', delimiter: ',', hasQuotes }, [], 2);
  expect(locator.locate('a,b,c,d', 0, 7)).toBe(4);
});
