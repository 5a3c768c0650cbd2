import { expect, test } from 'vitest';
import { evaluateRules } from '../../../src/notify/alert/rules.ts';
import type { RunReport } from '../../../src/model/alert.ts';
import { badRelease, calm, failed, settings } from './facts.ts';

const good = { ...badRelease, refused: undefined, year: 2026 };

/** The topics of a report, and whether each is raised. */
function topics(report: Partial<RunReport>): Record<string, boolean> {
  const verdicts = evaluateRules({ ...calm, ...report }, settings);
  return Object.fromEntries(verdicts.map(({ topic, isRaised }) => [topic, isRaised]));
}

test('a refused release stays raised while later runs find the same files', () => {
  expect(topics({ release: badRelease })).toMatchObject({ 'release hcad': true, 'tax year hcad': true });
  expect(topics({ release: good })).toMatchObject({ 'release hcad': false, 'tax year hcad': false });
  const [first] = evaluateRules({ ...calm, release: badRelease }, settings).filter(
    ({ topic }) => topic === 'release hcad',
  );
  expect(first!.text).toContain('trestle-etl releases hcad');
});

test('an import and the feed do not clear the alerts of each other', () => {
  const raised = { ...failed(), processed: 100, rejected: 50 };
  expect(Object.keys(topics({ ...raised, release: good }))).toEqual(
    expect.arrayContaining(['failed hcad', 'rejects hcad', 'fields hcad']),
  );
  const cleared = topics({ release: good, processed: 100 });
  expect(cleared).not.toHaveProperty('failed');
  expect(cleared).not.toHaveProperty('rejects');
  expect(cleared).not.toHaveProperty('credentials');
  expect(topics({ processed: 100 })).toMatchObject({ failed: false, rejects: false, credentials: false });
});

test('rejected lines of a county name the command that lists them', () => {
  const [verdict] = evaluateRules({ ...calm, processed: 10, rejected: 5, release: good }, settings).filter(
    ({ kind }) => kind === 'rejects',
  );
  expect(verdict!.text).toContain('trestle-etl quarantine list --source hcad');
  expect(verdict!.title).toContain('sync hcad run 17');
});
