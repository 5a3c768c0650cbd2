import { join } from 'node:path';
import { parse } from 'dotenv';
import { describe, expect, test } from 'vitest';
import { composeVariables } from '../../src/config/compose.ts';
import { loadConfig } from '../../src/config/config.ts';
import { registry } from '../../src/sources/registry.ts';
import { documentsWithRow, read, ROOT, section, tableRows } from './documents.ts';

const { variables } = composeVariables(registry);
const names = Object.keys(variables);
const parsed = names.map((name) => [name, variables[name]!.safeParse(undefined)] as const);
const required = parsed.filter(([, { success }]) => !success).map(([name]) => name);
const defaults: Readonly<Record<string, unknown>> = Object.fromEntries(
  parsed.map(([name, { data }]) => [name, data]),
);

/** The value that the tool reads from a text for this variable. */
function meaning(name: string, text: string): unknown {
  return variables[name]!.parse(text);
}

type Entry = { name: string; value: string; isSet: boolean; comment: string };

function entries(text: string): Entry[] {
  const found: Entry[] = [];
  let comment: string[] = [];
  for (const line of text.split('\n')) {
    const [, mark, assignment] = /^(# )?([A-Z\d_]+=.*)$/.exec(line) ?? [];
    if (assignment !== undefined) {
      const [[name, value] = ['', '']] = Object.entries(parse(assignment));
      found.push({ name, value, isSet: mark === undefined, comment: comment.join(' ') });
      comment = [];
    } else if (line.startsWith('# ') && !line.startsWith('# ──')) comment.push(line.slice(2));
    else comment = [];
  }
  return found;
}

describe('.env.example', () => {
  const found = entries(read('.env.example'));

  test('lists every variable that the tool reads, once, and no other', () => {
    expect(found.map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  test('sets the required ones, and no other', () => {
    expect(found.filter(({ isSet }) => isSet).map(({ name }) => name)).toEqual(
      expect.arrayContaining(required),
    );
    expect(found.filter(({ isSet }) => isSet)).toHaveLength(required.length);
  });

  test.each(found)('$name has a comment that explains it', ({ comment }) => {
    expect(comment.length).toBeGreaterThan(20);
  });

  test.each(found.filter(({ isSet }) => !isSet))('$name shows its default, or that it has none', (entry) => {
    const { name, value, comment } = entry;
    if (defaults[name] === undefined) expect(comment).toMatch(/not set by default/i);
    else expect(comment).not.toMatch(/not set by default/i);
    const shown = value === '' ? defaults[name] : meaning(name, value);
    if (defaults[name] !== undefined) expect(shown).toEqual(defaults[name]);
    else expect(shown).toBeDefined();
    if (value === '') expect(defaults[name]).toBe('');
  });

  test('is a valid configuration', () => {
    expect(
      loadConfig(registry, { envFile: join(ROOT, '.env.example'), cwd: () => ROOT }, {}).mysql.port,
    ).toBe(3306);
  });
});

describe('the table of settings', () => {
  const rows = tableRows(section(read('docs/configuration.md'), '## All settings')).map(
    ([name = '', value = '', meant = '']) => ({ name: name.replaceAll('`', ''), value, meant }),
  );

  test('has every variable, in the order of the code', () => {
    expect(rows.map(({ name }) => name)).toEqual(names);
  });

  test.each(names)('%s is in no other table of a document', (name) => {
    expect(documentsWithRow(name)).toEqual(['docs/configuration.md']);
  });

  test.each(rows)('$name has the right default, and a meaning', ({ name, value, meant }) => {
    expect(meant).not.toBe('');
    if (required.includes(name)) expect(value).toBe('required');
    else if (defaults[name] === undefined) expect(value).toBe('not set');
    else if (defaults[name] === '') expect(value).toBe('empty');
    else expect(meaning(name, value.replaceAll('`', ''))).toEqual(defaults[name]);
  });
});

describe('docs/configuration.md', () => {
  const text = read('docs/configuration.md');
  const headings = [...text.matchAll(/^### (\S+)$/gm)].map((match) => match[1]!);

  test('has one section for every variable, and for no other', () => {
    expect([...headings].sort()).toEqual([...names].sort());
  });

  test.each(headings)('%s has its default, or is required', (name) => {
    const description = section(text, `### ${name}`);
    if (required.includes(name)) return expect(description).toContain('Required.');
    if (defaults[name] === undefined) return expect(description).toMatch(/not set by default/i);
    if (defaults[name] === '') return expect(description).toContain('Empty by default.');
    const shown = /Default `([^`]+)`|`([^`]+)` \(default\)/.exec(description);
    return expect(meaning(name, shown?.[1] ?? shown?.[2] ?? '')).toEqual(defaults[name]);
  });
});
