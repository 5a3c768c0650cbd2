import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { read, section, tableRows } from './documents.ts';

const ROOT = join(import.meta.dirname, '../..');
const text = read('docs/correctness.md');
const properties = tableRows(section(text, '## The properties'));
const others = tableRows(section(text, '## The other requirements'));

/** As the design documents name them; 4.1 is named in neither. */
const REQUIREMENTS = [
  ['1', [1, 2, 3, 4, 5]],
  ['2', [1, 2, 3, 4, 5]],
  ['3', [1, 2, 3, 4, 5]],
  ['4', [2, 3, 4, 5]],
  ['5', [1, 2, 3, 4, 5]],
  ['6', [1, 2, 3, 4, 5]],
  ['7', [1, 2, 3, 4]],
] as const;

const filesIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);

describe('docs/correctness.md', () => {
  test('names every requirement', () => {
    const named = new Set(
      [...properties.map((row) => row[1]!), ...others.map((row) => row[0]!)].join(', ').split(', '),
    );
    const all = REQUIREMENTS.flatMap(([head, parts]) => parts.map((part) => `${head}.${part}`));
    expect([...named].toSorted()).toEqual(all);
  });

  test('has the twenty properties in their order', () => {
    expect(properties.map((row) => Number.parseInt(row[0]!, 10))).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  test.each(properties.map((row) => [row[0]!, row] as const))(
    'property %s has its test, with its name and requirements, over modules that are there',
    (name, row) => {
      const [file] = filesIn(row[2]!);
      const code = readFileSync(join(ROOT, 'test/properties', file!), 'utf8');
      const [number, ...title] = name.split(' ');
      expect(code).toContain(`Feature: trestle-etl-pipeline, Property ${number}: ${title.join(' ')}`);
      expect(code).toContain(`Validates: Requirements ${row[1]}`);
      expect(code).toMatch(/\bfc\.assert\b/);
      for (const path of filesIn(row[3]!)) expect(existsSync(join(ROOT, 'src', path)), path).toBe(true);
    },
  );

  test.each(others.map((row) => [row[0]!, row] as const))(
    'requirement %s has tests and modules that are there',
    (_, row) => {
      expect(filesIn(row[2]!).length).toBeGreaterThan(0);
      for (const path of filesIn(row[2]!)) expect(existsSync(join(ROOT, 'test', path)), path).toBe(true);
      for (const path of filesIn(row[3]!)) expect(existsSync(join(ROOT, 'src', path)), path).toBe(true);
    },
  );
});

/** The numbers of the promises that the tests cite. Comments do not count. */
function citedPromises(): Set<number> {
  const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' });
  const lines = files
    .filter((name) => name.endsWith('.test.ts') && !name.startsWith('docs'))
    .flatMap((name) => readFileSync(join(ROOT, 'test', name), 'utf8').split('\n'))
    .filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line));
  const cited = lines.flatMap((line) => [...line.matchAll(/\bpromises? (\d+)(?: and (\d+))?/gi)]);
  return new Set(cited.flatMap(([, ...numbers]) => numbers.filter(Boolean).map(Number)));
}

describe('the promises of docs/correctness.md', () => {
  const promises = tableRows(section(text, '## The promises')).map(([name = '']) =>
    Number.parseInt(name, 10),
  );

  test('are numbered from 1', () => {
    expect(promises).toEqual(promises.map((_, index) => index + 1));
  });

  test('are those that test titles cite: none is missing, and none is without a test', () => {
    expect([...citedPromises()].toSorted((a, b) => a - b)).toEqual(promises);
  });

  test('are counted in the README', () => {
    expect(read('README.md')).toContain(`**${promises.length}** promises`);
    expect(text).toContain(`| ${promises.length} `);
  });
});
