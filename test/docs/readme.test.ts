import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codes, documents, read, ROOT, section, tableRows } from './documents.ts';

/** Messages of others that the README quotes. */
const OF_OTHERS = new Set(['command not found', "env: 'node': No such file or directory"]);

/** All of src/, with strings that go on in the next line made one. */
function source(): string {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'));
  return texts
    .join('\n')
    .replaceAll(/['`] \+\s*['`]/g, '')
    .replaceAll("\\'", "'");
}

/** A heading's name in a link, as GitHub makes it. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .trim()
    .replaceAll(' ', '-');
}

describe('the README', () => {
  const readme = read('README.md');

  test('tells in ten numbered steps what happens', () => {
    const steps = section(readme, '## What happens when you run it').match(/^\d+(?=\. )/gm);
    expect(steps).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
  });

  test('leads to the first real sync in five steps', () => {
    const text = readme.split('\n').find((line) => line.startsWith('## First real sync'));
    expect(text).toContain('in five steps');
    const steps = section(readme, text!).match(/^\*\*\d/gm);
    expect(steps).toEqual(['**1', '**2', '**3', '**4', '**5']);
  });

  test('quotes messages that the tool has', () => {
    const all = source();
    const messages = tableRows(section(readme, '## Troubleshooting')).flatMap(([first = '']) => codes(first));
    const fragments = messages
      .filter((message) => !OF_OTHERS.has(message))
      .flatMap((message) => message.split('…').map((part) => part.replace(/^: /, '')));
    expect(fragments.length).toBeGreaterThan(20);
    expect(fragments.filter((fragment) => !all.includes(fragment))).toEqual([]);
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
});

function tablesOf(sql: string): string[] {
  return [...sql.matchAll(/CREATE TABLE IF NOT EXISTS (\w+)/g)].map((match) => match[1]!);
}

describe('docs/database.md', () => {
  const text = read('docs/database.md');
  const schema = readdirSync(join(ROOT, 'sql'))
    .map((name) => read(`sql/${name}`))
    .join('\n');

  test('names every table, and none that sql/ does not make', () => {
    const told = tableRows(section(text, '## Tables')).map(([first = '']) => codes(first)[0]!);
    expect(told).toEqual(expect.arrayContaining(tablesOf(schema)));
    expect([...tablesOf(schema), 'etl_schema_version']).toEqual(expect.arrayContaining(told));
  });

  test('explains every column of etl_sync_log', () => {
    const table = /CREATE TABLE IF NOT EXISTS etl_sync_log \(([\s\S]*?)PRIMARY KEY/.exec(schema)?.[1] ?? '';
    const made = [...table.matchAll(/^ {2}(\w+) /gm)].map((match) => match[1]!);
    const added = [...schema.matchAll(/ALTER TABLE etl_sync_log ADD COLUMN (\w+)/g)].map(
      (match) => match[1]!,
    );
    const columns = [...made, ...added];
    const told = tableRows(section(text, '## etl_sync_log')).flatMap(([first = '']) => codes(first));
    expect(columns.filter((name) => !['id', 'updated_at'].includes(name)).toSorted()).toEqual(
      told.toSorted(),
    );
  });
});

describe('links', () => {
  const found = documents().flatMap((path) =>
    [...read(path).matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1]!)
      .filter((link) => !/^[a-z]+:/.test(link))
      .map((link) => ({ path, link })),
  );

  test('are there', () => {
    expect(found.length).toBeGreaterThan(10);
  });

  test.each(found)('$link in $path leads to something', ({ path, link }) => {
    const [file = '', name] = link.split('#');
    const target = file === '' ? path : join(dirname(path), file);
    expect(existsSync(join(ROOT, target))).toBe(true);
    if (name === undefined) return;
    const headings = [...read(target).matchAll(/^#+ (.+)$/gm)].map((match) => anchor(match[1]!));
    expect(headings).toContain(name);
  });
});

describe('every document', () => {
  test.each([...documents(), '.env.example', 'crontab.example'])(
    '%s names no machine of ours and no registry',
    (path) => {
      expect(read(path)).not.toMatch(/\/work\/|\/tmp\/|registry\.npmjs|\/root\//);
    },
  );
});
