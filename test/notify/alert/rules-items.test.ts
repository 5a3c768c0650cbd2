import { expect, test } from 'vitest';
import type { ItemsHealth } from '../../../src/model/alert.ts';
import { evaluateRules } from '../../../src/notify/alert/rules.ts';
import { calm, failed, settings, wellKnown } from './facts.ts';

const HOUR = 3_600_000;
const healthy: ItemsHealth = { age: HOUR, maxAge: 12 * HOUR, failures: 0, pausedUntil: undefined };
const UNTIL = Date.UTC(2026, 2, 19, 22);

function evaluate(health: Partial<ItemsHealth> | undefined, more: Partial<typeof calm> = {}) {
  const items = { source: 'news', problems: undefined, health: health && { ...healthy, ...health } };
  const verdicts = evaluateRules({ ...calm, ...more, items }, settings);
  return new Map(verdicts.map((verdict) => [verdict.topic, verdict]));
}

test('a source is too old after its own limit, whatever the age of the feed is', () => {
  expect(evaluate({ age: 12 * HOUR }).get('stale news')).toMatchObject({ kind: 'stale', isRaised: false });
  const verdicts = evaluate({ age: 12 * HOUR + 1 }, { age: 0 });
  expect(verdicts.get('stale news')).toMatchObject({ isRaised: true, facts: { source: 'news' } });
  expect(verdicts.get('stale')).toMatchObject({ isRaised: false });
});

test('a source that was never read, or whose state is not known, is neither too old nor fresh', () => {
  expect(evaluate({ age: null }).has('stale news')).toBe(false);
  expect([...evaluate(undefined).keys()]).toEqual(['failed news', 'credentials news']);
});

test('a pause is reported with its end and its reason, and cleared by a run that is not followed by one', () => {
  const paused = evaluate({ failures: 5, pausedUntil: UNTIL }, failed()).get('paused news')!;
  expect(paused).toMatchObject({ kind: 'source', isRaised: true });
  expect(paused.title).toBe('news is paused until 2026-03-19 22:00 UTC after 5 failed runs');
  expect(paused.text).toContain('trestle-etl sync news');
  expect(evaluate({ pausedUntil: UNTIL }).get('paused news')!.title).toBe(
    'news is paused until 2026-03-19 22:00 UTC',
  );
  expect(evaluate({}).get('paused news')).toMatchObject({ isRaised: false });
});

test('promise 33: credentials, failures and rejects of a source have topics with its name, and not those of the feed', () => {
  const refused = evaluate({}, failed({ name: 'CredentialsError', exitCode: 77 })).get('credentials news')!;
  expect(refused).toMatchObject({ kind: 'credentials', isRaised: true });
  expect(refused.text).toContain('All runs of news will fail until then');
  const topics = [...evaluate({}, { ...wellKnown, rejected: 90, altered: 90 }).keys()];
  expect(topics.filter((topic) => /^(?:failed|credentials|rejects|fields|lost)$/.test(topic))).toEqual([
    'lost',
  ]);
  const rejects = evaluate({}, { ...wellKnown, rejected: 90 }).get('rejects news')!;
  expect(rejects.text).toContain('trestle-etl quarantine list --source news');
});
