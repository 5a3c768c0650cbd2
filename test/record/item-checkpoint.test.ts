import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/pool.ts';
import {
  type ItemState,
  NEW_STATE,
  readItemState,
  readServerFailures,
  resetItemState,
  saveItemState,
  saveServerFailures,
} from '../../src/record/item-checkpoint.ts';
import { migratedDatabase } from '../helpers/template.ts';

const db = await migratedDatabase();
const session = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
const BY = { run: 1, at: '2026-03-19 22:00:00.000' };

function save(source: string, more: Partial<ItemState>): Promise<void> {
  return saveItemState(session, source, { ...NEW_STATE, sourceType: 'rss', ...more }, BY);
}

test('every part of a state is stored', async () => {
  const state: ItemState = {
    sourceType: 'rss',
    checkpoint: { kind: 'feed', value: 'v', position: '{}', validators: '{"feed":{}}' },
    readShape: 'read',
    mapShape: 'map',
    server: 'a.test 0123456789abcdef',
    failures: 2,
    openedUntil: 1000,
    notBefore: 2000,
    goneAt: 3000,
    lastSuccess: 4000,
    lastFailure: 5000,
    lastError: 'it broke',
    warnings: ['one'],
    isUnfinished: true,
    minPause: 90_000,
  };
  await saveItemState(session, 'complete', state, BY);
  expect(await readItemState(session, 'complete')).toEqual(state);
});

test('fault 7: the failures of a server are those of the source that has most, and of no other server', async () => {
  await save('one', { server: 'shared', failures: 2 });
  await save('two', { server: 'shared', failures: 4 });
  await save('three', { server: 'another', failures: 9 });
  await save('file', { failures: 7 });
  expect(await readServerFailures(session, 'shared')).toBe(4);
  expect(await readServerFailures(session, 'another')).toBe(9);
  expect(await readServerFailures(session, 'unknown')).toBe(0);
  await saveServerFailures(session, 'shared', 5, 60_000);
  const states = await Promise.all(['one', 'two', 'three'].map((name) => readItemState(session, name)));
  expect(states.map((state) => [state?.failures, state?.openedUntil])).toEqual([
    [5, 60_000],
    [5, 60_000],
    [9, undefined],
  ]);
});

test('a reset forgets all but the row, once', async () => {
  await save('reset', {
    server: 'x',
    failures: 3,
    goneAt: 1,
    warnings: ['old'],
    isUnfinished: true,
    minPause: 1000,
  });
  expect(await resetItemState(session, 'reset', 'rss')).toBe(true);
  expect(await readItemState(session, 'reset')).toEqual({ ...NEW_STATE, sourceType: 'rss' });
  expect(await resetItemState(session, 'reset', 'rss')).toBe(false);
  expect(await resetItemState(session, 'unknown', 'rss')).toBe(false);
});
