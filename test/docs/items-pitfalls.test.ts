import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { read } from './documents.ts';

const page = read('docs/items-pitfalls.md');

/** The rows of a table whose first column has this title, by number. */
function rowsOf(title: string): Map<number, string> {
  const tables = page.split(`| ${title} | | Here |\n`).slice(1);
  const lines = tables.flatMap((table) => table.split('\n\n')[0]!.split('\n').slice(1));
  return new Map(
    lines.filter((line) => /^\| \d/.test(line)).map((line) => [Number(line.split('|')[1]), line]),
  );
}

/** The numbers in titles of tests after a word: `fault 5, pitfall 8`, `pitfalls 8 and 9`. */
function citedIn(word: string): Set<number> {
  const folder = join(import.meta.dirname, '..');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.test.ts'),
  );
  const texts = files.map((path) => readFileSync(join(folder, path), 'utf8'));
  const lists = texts.flatMap((text) => [
    ...text.matchAll(new RegExp(`\\b${word}s? (\\d+(?:(?:, | and )\\d+)*)`, 'g')),
  ]);
  return new Set(lists.flatMap(([, list = '']) => list.split(/, | and /).map(Number)));
}

test.each([
  ['Fault', 'fault', 17],
  ['Pitfall', 'pitfall', 50],
])('every %s is listed, and has a test', (title, word, count) => {
  const rows = rowsOf(title);
  expect([...rows.keys()]).toEqual(Array.from({ length: count }, (_, nth) => nth + 1));
  const cited = citedIn(word);
  expect([...rows.keys()].filter((number) => !cited.has(number))).toEqual([]);
});
