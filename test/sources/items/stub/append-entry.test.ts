import { expect, test } from 'vitest';
import { appendEntry, indentIn, namesIn } from '../../../../src/sources/items/stub/append-entry.ts';

const ENTRY = ['  news:', '    type: rss', '    url: https://a.example/feed'];
const OLD = '# mine\nsources:\n  old: # kept\n    type: csv\n    path: a.csv\n';

test('adds an entry at the end, and keeps the text before it', () => {
  expect(appendEntry(OLD, 'news', ENTRY)).toBe(`${OLD}${ENTRY.join('\n')}\n`);
  expect(appendEntry(OLD.trimEnd(), 'news', ENTRY)).toBe(`${OLD}${ENTRY.join('\n')}\n`);
});

test.each([
  ['a map in braces', '{ sources: { old: { type: csv } } }\n'],
  ['another key after the sources', `${OLD}$schema: x\n`],
  ['sources with another indent', OLD.replaceAll('  ', '   ')],
  ['a file that is no YAML', 'sources: [\n'],
  ['a file without sources', 'other: 1\n'],
  ['a source with this name', OLD.replace('old', 'news')],
  ['a text that goes on to the end', 'sources:\n  old:\n    type: csv\n    note: |\n  \n  x'],
])('refuses %s', (_, text) => {
  expect(appendEntry(text, 'news', ENTRY)).toBeUndefined();
});

test('reads the names, and the indent', () => {
  expect(namesIn(OLD)).toEqual(['old']);
  expect(namesIn('sources: 1')).toBeUndefined();
  expect(indentIn(OLD)).toBe('  ');
  expect(indentIn('sources:\n\n  # a\n    old:\n      type: csv\n')).toBe('    ');
  expect(indentIn('')).toBe('  ');
});
