import { describe, expect, test } from 'vitest';
import { evaluateRules } from '../../src/notify/alert/rules.ts';
import { allBad, badRelease, calm, failed, settings, wellKnown } from '../notify/alert/facts.ts';
import { codes, read, section, tableRows } from './documents.ts';

const text = read('docs/runbook.md');

/** Every kind with its facts, raised and recovered. */
const verdicts = [
  { ...calm, ...allBad },
  { ...calm, ...wellKnown },
  { ...calm, ...failed() },
  { ...calm, ...failed({ name: 'CredentialsError' }) },
  { ...calm, release: badRelease },
  { ...calm, mediaFiles: { all: 1000, failed: 51 } },
  {
    ...calm,
    items: {
      source: 'news',
      problems: ['no record has amount'],
      health: { age: 1, maxAge: 0, failures: 5, pausedUntil: 1 },
    },
  },
].flatMap((facts) => evaluateRules(facts, settings));

const kinds = [...new Set(verdicts.map(({ kind }) => kind))];

test('there are twelve kinds of alerts', () => {
  expect(kinds).toHaveLength(12);
});

describe('docs/runbook.md', () => {
  test.each(kinds)('explains of %s what it means, what to look at, and what to do', (kind) => {
    const entry = section(text, `## ${kind}`);
    for (const part of ['**Means**: ', '**Look at**: ', '**Do**: ']) {
      expect(entry.replaceAll('**Do**:\n', '**Do**: ')).toContain(part);
    }
  });

  test('names the facts of each kind, and no other', () => {
    const rows = tableRows(section(text, '## How alerts work'));
    const documented = rows.map(([kind = '', facts = '']) => [codes(kind)[0], new Set(codes(facts))]);
    const sent = kinds.map((kind) => [
      kind,
      new Set(verdicts.filter((verdict) => verdict.kind === kind).flatMap(({ facts }) => Object.keys(facts))),
    ]);
    expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(sent));
  });
});
