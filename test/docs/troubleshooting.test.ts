import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codes, documents, read, ROOT, tableRows } from './documents.ts';

/** Messages of other programs. */
const FOREIGN = new Set(['command not found', "env: 'node': No such file or directory"]);

/** All of src/, with strings that continue in the next line joined. */
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

const symptoms = tableRows(read('docs/troubleshooting.md')).map(([first = '']) => first);
const messages = symptoms
  .flatMap((symptom) => codes(symptom.split(' in `trestle-etl ')[0]!))
  .filter((message) => message !== 'partial');

describe('docs/troubleshooting.md', () => {
  test('quotes messages that the tool has', () => {
    const all = source();
    const fragments = messages
      .filter((message) => !FOREIGN.has(message))
      .flatMap((message) => message.split('…').map((part) => part.replace(/^: /, '')));
    expect(fragments.length).toBeGreaterThan(50);
    expect(fragments.filter((fragment) => !all.includes(fragment))).toEqual([]);
  });

  test('documents each message and symptom once', () => {
    expect(new Set(symptoms).size).toBe(symptoms.length);
    const names = messages.filter((message) => message !== '… answered …');
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
  });

  test('is the only document with a table of messages', () => {
    const rows = documents()
      .filter((path) => path !== 'docs/troubleshooting.md')
      .flatMap((path) => tableRows(read(path)))
      .flatMap(([first = '']) => codes(first));
    const long = new Set(messages.filter((message) => message.includes(' ')));
    expect(rows.filter((code) => long.has(code))).toEqual([]);
  });
});
