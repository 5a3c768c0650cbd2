import { describe, expect, test } from 'vitest';
import { evaluateRules } from '../../../src/notify/alert/rules.ts';
import type { SchemaChange } from '../../../src/dataset/feed-schema.ts';
import type { RunReport } from '../../../src/model/alert.ts';
import { allBad, calm, failed, settings, wellKnown } from './facts.ts';

/** Topic → whether it is raised. */
function topics(facts: Partial<RunReport>, changed: Partial<typeof settings> = {}): Record<string, boolean> {
  const verdicts = evaluateRules({ ...calm, ...facts }, { ...settings, ...changed });
  return Object.fromEntries(verdicts.map(({ topic, isRaised }) => [topic, isRaised]));
}

test('promise 20: a successful run clears what it proves, and has no verdict on the rest', () => {
  expect(topics({})).toEqual({ failed: false, credentials: false });
  expect(topics({ ended: 'partial' })).toEqual({ failed: false, credentials: false });
  expect(topics(wellKnown)).toEqual({
    failed: false,
    credentials: false,
    quota: false,
    rejects: false,
    fields: false,
    disk: false,
    stale: false,
    lost: false,
  });
});

test('promise 20: each kind is raised by its cause', () => {
  expect(topics(failed())).toEqual({ failed: true });
  expect(topics(failed({ name: 'CredentialsError', exitCode: 77 }))).toEqual({ credentials: true });
  expect(topics({ hourQuota: { limit: 1000, left: 149 } })).toMatchObject({ quota: true });
  expect(topics({ processed: 1000, rejected: 51 })).toMatchObject({ rejects: true });
  expect(topics({ processed: 1000, altered: 51 })).toMatchObject({ fields: true });
  expect(topics({ disks: [{ path: '/a', free: settings.diskFree - 1 }] })).toMatchObject({ disk: true });
  expect(topics({ age: settings.maxAge + 1 })).toMatchObject({ stale: true });
  expect(topics({ lost: ['Media'] })).toMatchObject({ lost: true });
  expect(topics({ mediaFiles: { all: 1000, failed: 51 } })).toMatchObject({ media: true });
  expect(topics({ mode: 'reconcile', lost: ['Media'] })).toMatchObject({ lost: true });
});

test('nothing is raised at the limit, even if a rounded share would be', () => {
  expect(topics({ hourQuota: { limit: 1000, left: 150 } })).toMatchObject({ quota: false });
  expect(topics({ hourQuota: { limit: 1_000_000, left: 149_999 } })).toMatchObject({ quota: true });
  expect(topics({ processed: 1000, rejected: 50 })).toMatchObject({ rejects: false });
  expect(topics({ processed: 1_000_000, rejected: 50_001 })).toMatchObject({ rejects: true });
  expect(topics({ processed: 1000, altered: 50 })).toMatchObject({ fields: false });
  expect(topics({ processed: 1_000_000, altered: 50_001 })).toMatchObject({ fields: true });
  expect(topics({ disks: [{ path: '/a', free: settings.diskFree }] })).toMatchObject({ disk: false });
  expect(topics({ age: settings.maxAge })).toMatchObject({ stale: false });
  expect(topics({ mediaFiles: { all: 1000, failed: 50 } })).toMatchObject({ media: false });
  expect(topics({ mediaFiles: { all: 99, failed: 99 } })).not.toHaveProperty('media');
});

test('a quota alert at 0 and a reject alert at 100 percent are never raised', () => {
  expect(topics({ hourQuota: { limit: 10, left: 0 } }, { quotaPercent: 0 })).toMatchObject({ quota: false });
  expect(topics({ processed: 3, rejected: 3 }, { rejectPercent: 100 })).toMatchObject({ rejects: false });
  expect(topics({ processed: 3, altered: 3 }, { fieldPercent: 100 })).toMatchObject({ fields: false });
});

describe('unknown values neither raise nor clear', () => {
  test.each<[string, Partial<RunReport>, string]>([
    ['rejects of a run that read nothing', { processed: 0, rejected: 0 }, 'rejects'],
    ['a quota that was not told', { hourQuota: undefined }, 'quota'],
    ['a quota of nothing', { hourQuota: { limit: 0, left: 0 } }, 'quota'],
    ['disks that do not tell', { disks: [] }, 'disk'],
    ['what other resources a run would have been refused', { lost: undefined }, 'lost'],
    ['what a reconcile was not to take', { mode: 'reconcile', lost: [] }, 'lost'],
    ['an age that could not be asked for', { age: undefined }, 'stale'],
    ['the age of tables that never were complete: their first load continues', { age: null }, 'stale'],
    ['how runs go, while another one is active', { ended: 'busy' }, 'failed'],
    ['credentials, after a failure of another kind', failed(), 'credentials'],
    ['how runs go, where only the credentials are wrong', failed({ name: 'CredentialsError' }), 'failed'],
  ])('%s', (_, facts, topic) => {
    expect(topics(facts)).not.toHaveProperty(topic);
  });
});

test('a busy run still reports a low disk and stale tables: the other run can hang', () => {
  expect(topics({ ended: 'busy', age: settings.maxAge + 1, disks: [{ path: '/a', free: 1 }] })).toEqual({
    disk: true,
    stale: true,
  });
});

test('an interrupted run reports nothing', () => {
  expect(topics({ ...wellKnown, ended: 'interrupted', age: settings.maxAge * 2 })).toEqual({});
});

test('a sync clears a failed full-load, because it resumes it; a reconcile is separate', () => {
  expect(topics({ ...failed(), mode: 'full-load' })).toEqual({ failed: true });
  expect(topics({ mode: 'sync' })).toHaveProperty('failed', false);
  expect(topics({ ...failed(), mode: 'reconcile' })).toEqual({ 'failed reconcile': true });
  expect(topics({ mode: 'reconcile' })).not.toHaveProperty('failed');
});

test('the disk with the least free space counts', () => {
  const disks = [
    { path: '/a', free: settings.diskFree * 2 },
    { path: '/b', free: 5000 },
  ];
  const found = evaluateRules({ ...calm, disks }, settings).find(({ kind }) => kind === 'disk');
  expect(found).toMatchObject({ isRaised: true, facts: { path: '/b', free: 5000 } });
});

test('an alert says what happened, what to do, and the next command', () => {
  const facts = failed({ message: 'the API is away', hint: 'wait', exitCode: 69 });
  const [alert] = evaluateRules({ ...calm, ...facts, run: 17 }, settings);
  expect(alert).toMatchObject({
    title: 'sync failed: the API is away',
    facts: { mode: 'sync', exitCode: 69, message: 'the API is away' },
  });
  expect(alert?.text).toMatch(/^sync run 17 failed with exit code 69: the API is away\nWhat to do: wait\n/);
  expect(alert?.text).toMatch(/trestle-etl status/);
  const [quota] = evaluateRules({ ...calm, ended: 'busy', hourQuota: { limit: 7200, left: 360 } }, settings);
  expect(quota?.title).toBe("quota low: 360 of the hour's 7200 requests (5 %) are left");
});

describe('a change of the feed’s own schema', () => {
  const schema: SchemaChange = allBad.schema;
  const told = (changed: Partial<SchemaChange> = {}) =>
    evaluateRules({ ...calm, schema: { ...schema, ...changed } }, settings).find(
      ({ kind }) => kind === 'schema',
    );

  test('promise 20: is an event with the time at which it was seen, and names what is in use', () => {
    expect(told()).toMatchObject({
      event: '2026-03-19T12:00:00.000Z',
      facts: { added: 10, removed: 5, changed: 2, used: 'Property.City, Media' },
    });
    expect(told()?.title).toMatch(
      /10 fields added, 5 removed, 2 of another type or length; in use: Property\.City, Media$/,
    );
    expect(told()?.text).toContain('trestle-etl schema diff');
    expect(told()?.text).toContain('Added: Property.X_Pool\nRemoved: Property.City, Media\n');
    expect(told()?.text).toContain('renamed from CoreLogic.X to Cotality.X');
    expect(told({ renamed: null })?.text).not.toContain('was renamed');
  });

  test('is reported even if none of it is in use, and stays short if much is', () => {
    expect(told({ used: [] })?.text).toContain('No removed or changed field');
    const many = Array.from({ length: 100 }, (_, n) => `Property.F${n}`);
    expect(told({ used: many })?.text).toContain('Property.F19 and 80 more.');
    expect(told({ used: many })?.text).not.toContain('Property.F20');
    const names = { added: many, removed: [] };
    expect(told({ names })?.text).toMatch(/^Added: Property\.F0, .*Property\.F19 and 80 more$/m);
    expect(told({ names })?.text).not.toMatch(/^Removed/m);
  });

  test('is none where nothing is known of one, and none of a run that was stopped', () => {
    expect(evaluateRules(calm, settings).map(({ kind }) => kind)).not.toContain('schema');
    expect(evaluateRules({ ...calm, schema, ended: 'interrupted' }, settings)).toEqual([]);
  });
});

test('a failure without an error is still reported', () => {
  const [alert] = evaluateRules({ ...calm, ended: 'failed' }, settings);
  expect(alert).toMatchObject({ isRaised: true, title: 'sync failed: unknown reason' });
});

test('problems of a source of items have a topic of their own, and so have its failures', () => {
  const items = { source: 'news', problems: undefined };
  expect(topics({ items: { ...items, problems: ['no record has amount'] } })).toMatchObject({
    'source news': true,
    'failed news': false,
  });
  expect(topics({ items: { ...items, problems: [] } })).toMatchObject({ 'source news': false });
  expect(topics({ ...failed(), items })).toEqual({ 'failed news': true });
});
