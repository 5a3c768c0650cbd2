import { expect, test } from 'vitest';
import { describeSource } from '../../src/report/describe-source.ts';
import { type ItemState, NEW_STATE } from '../../src/record/item-checkpoint.ts';

const NOW = Date.UTC(2026, 2, 19, 22);
const HOUR = 3_600_000;
const READER = { type: 'rss' as const, readShape: 'read', mapShape: 'map' };

function describeState(more: Partial<ItemState>) {
  return describeSource('news', { ...NEW_STATE, sourceType: 'rss', ...more }, READER, NOW);
}

test('a source without a reason against it is ok', () => {
  expect(describeState({ readShape: 'read', mapShape: 'map' })).toEqual({
    state: 'ok',
    until: undefined,
    notes: [],
  });
});

test('a pause has its reason and its end; it is over then', () => {
  const paused = describeState({ failures: 5, openedUntil: NOW + HOUR, lastError: 'it broke' });
  expect(paused).toMatchObject({ state: 'paused', until: NOW + HOUR });
  expect(paused.notes).toEqual([
    'paused until 2026-03-19 23:00 UTC after 5 failed runs: trestle-etl sync news tries now',
    'it broke',
  ]);
  expect(describeState({ notBefore: NOW + HOUR }).notes[0]).toBe(
    'paused until 2026-03-19 23:00 UTC because the server asked for it: trestle-etl full-load news tries now',
  );
  expect(describeState({ failures: 5, openedUntil: NOW - 1, lastError: 'it broke' })).toMatchObject({
    state: 'failing',
    notes: ['5 failed runs in a row', 'it broke'],
  });
});

test('a source that is gone stays gone until a reset', () => {
  expect(describeState({ goneAt: NOW - HOUR })).toMatchObject({
    state: 'gone',
    notes: ['gone since 2026-03-19 21:00 UTC: trestle-etl sources reset news requests it again'],
  });
});

test('a changed entry names the command to run, and a warning that it replaces is left out', () => {
  const warnings = [
    'the mapping changed: trestle-etl reprocess news maps them again',
    'it moved to b.example',
  ];
  expect(describeState({ mapShape: 'old', warnings }).notes).toEqual([
    'mapping changed: run trestle-etl reprocess news',
    'it moved to b.example',
  ]);
  expect(describeState({ mapShape: 'map', warnings }).notes).toEqual(['it moved to b.example']);
  expect(describeState({ readShape: 'old' }).notes).toEqual([
    expect.stringContaining('trestle-etl full-load news'),
  ]);
});

test('a warning about an entry that was changed since is not shown any more', () => {
  const renamed =
    'no record has title: was a field renamed? Correct the mapping of news; until then it waits';
  const warnings = [renamed, 'it moved to b.example'];
  expect(describeState({ mapShape: 'map', warnings }).notes).toEqual(warnings);
  expect(describeState({ mapShape: 'old', warnings }).notes).toEqual([
    'mapping changed: run trestle-etl reprocess news',
    'it moved to b.example',
  ]);
  expect(describeState({ readShape: 'old', warnings }).notes).toHaveLength(1);
});
