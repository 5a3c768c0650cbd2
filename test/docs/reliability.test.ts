import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { read, section, tableRows } from './documents.ts';

const TESTS = join(import.meta.dirname, '..');
const text = read('docs/reliability.md');
const sections = [...text.matchAll(/^## (.+)$/gm)].map((match) => match[1]!);
const rows = sections.flatMap((title) => tableRows(section(text, `## ${title}`)));

describe('docs/reliability.md', () => {
  test('has a table in each section', () => {
    expect(sections.length).toBeGreaterThan(3);
    for (const title of sections) expect(tableRows(section(text, `## ${title}`)).length).toBeGreaterThan(1);
  });

  test.each(rows.map((row) => [row[0]!, row] as const))(
    '%s: has an action, and tests that exist',
    (_, row) => {
      expect(row).toHaveLength(3);
      expect(row[1]!.length).toBeGreaterThan(5);
      const files = [...row[2]!.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) expect(existsSync(join(TESTS, file)), file).toBe(true);
    },
  );

  test('counts its faults, as the README does', () => {
    expect(text).toContain(`the ${rows.length} faults below`);
    expect(read('README.md')).toContain(`[**${rows.length}** faults]`);
  });

  test('names every test of faults', () => {
    const faults = readdirSync(join(TESTS, 'e2e')).filter((file) =>
      /fault|outage|sleep|odd|kill|secrets/.test(file),
    );
    expect(faults.filter((file) => !text.includes(`e2e/${file}`))).toEqual([]);
  });
});
