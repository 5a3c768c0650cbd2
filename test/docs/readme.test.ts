import { describe, expect, test } from 'vitest';
import { read, section } from './documents.ts';

const readme = read('README.md');

/** Figures as they are compared: without thousands separators. */
const plain = (text: string): string => text.replaceAll(/(?<=\d),(?=\d{3})/g, '');

describe('the README', () => {
  test('has at most 130 lines', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(130);
  });

  test('leads to the first real sync in five steps', () => {
    const steps = section(readme, '## First real sync, in five steps').match(/^\*\*\d/gm);
    expect(steps).toEqual(['**1', '**2', '**3', '**4', '**5']);
  });

  test('explains a run in six lines', () => {
    expect(section(readme, '## How it works').match(/^\d\. /gm)).toHaveLength(6);
  });

  const reasons = section(readme, '## Why not a script?')
    .split('\n')
    .filter((line) => line.startsWith('- '));

  test('has five reasons', () => {
    expect(reasons).toHaveLength(5);
  });

  test.each(reasons)('%s: its figures are in the documents that it links', (reason) => {
    const figures = [...reason.matchAll(/\*\*([\d.,]+)\*\*/g)].map((match) => plain(match[1]!));
    const linked = [...reason.matchAll(/\((docs\/[a-z-]+\.md)/g)].map((match) => read(match[1]!));
    expect(figures).not.toEqual([]);
    const text = plain(linked.join('\n'));
    const missing = figures.filter((figure) => !new RegExp(`(?<![\\d.])${figure}(?![\\d.]\\d)`).test(text));
    expect(missing).toEqual([]);
  });

  test('asks for the rights that docs/database.md lists', () => {
    const grant = /GRANT [A-Z, ]+ ON/;
    expect(grant.exec(readme)?.[0]).toBe(grant.exec(section(read('docs/database.md'), '## Rights'))?.[0]);
  });

  test('names the version that npm pack makes', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(new Set(readme.match(/trestle-etl-[\d.]+\.tgz/g))).toEqual(
      new Set([`trestle-etl-${version}.tgz`]),
    );
  });

  test('shows the settings that must be set', () => {
    const shown = [...section(readme, '## Settings').matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]!);
    const required = [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]!);
    expect(shown).toHaveLength(6);
    expect(shown).toEqual(expect.arrayContaining(required));
  });
});
