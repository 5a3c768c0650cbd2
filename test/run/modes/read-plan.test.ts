import { describe, expect, test } from 'vitest';
import type { Cursor } from '../../../src/model/cursor.ts';
import { createWatermark, type Watermark } from '../../../src/record/watermark.ts';
import {
  planRead,
  type ReadPlan,
  type ReadPlanOptions,
  planActiveFirst,
} from '../../../src/run/modes/read-plan.ts';

const NOW = Date.UTC(2026, 2, 20);
const place = (hour: number, key = 'k'): Cursor => ({
  timestamp: `2026-03-19T${String(hour).padStart(2, '0')}:00:00.000-00:00`,
  key,
});
const FUTURE: Cursor = { timestamp: '2099-01-01T00:00:00Z', key: 'k' };

const begun: Watermark = { ...createWatermark('Property'), cursor: place(10), version: 3 };
const complete: Watermark = { ...begun, completeAt: NOW - 1000 };

const choose = (watermark: Watermark, options: Partial<ReadPlanOptions> = {}): ReadPlan =>
  planRead(watermark, { mode: 'sync', overlap: 600_000, restart: false, run: 7, ...options });

describe.each(['sync', 'full-load'] as const)('the first load, by %s', (mode) => {
  test('begins at the beginning, and its watermark shows how far it has come', () => {
    const track = choose(createWatermark('Property'), { mode });
    expect(track).toMatchObject({ from: undefined, whole: true });
    const moved = track.advance(createWatermark('Property'), place(5), NOW);
    expect(moved).toMatchObject({ cursor: place(5), completeAt: undefined });
    expect(track.finish(moved, NOW)).toMatchObject({ cursor: place(5), completeAt: NOW });
  });

  test('promise 1: resumes after the last committed page, without an overlap', () => {
    expect(choose(begun, { mode })).toMatchObject({ from: place(10), whole: true });
  });

  test('with --restart starts from the beginning and rewinds the watermark', () => {
    const track = choose(begun, { mode, restart: true });
    expect(track.from).toBeUndefined();
    expect(track.advance(begun, place(1), NOW).cursor).toEqual(place(1));
  });

  test('a timestamp in the future does not carry the watermark there', () => {
    expect(choose(begun, { mode }).advance(begun, FUTURE, NOW).cursor).toEqual(place(10));
  });
});

describe('a sync', () => {
  test('promise 3: begins the overlap before the watermark', () => {
    expect(choose(complete)).toMatchObject({ from: { timestamp: '2026-03-19T09:50:00.000Z' }, whole: false });
    expect(choose(complete).from).not.toHaveProperty('key');
    expect(choose(complete, { overlap: 0 }).from).toEqual(place(10));
  });

  test('promise 3: pages of the overlap do not take the watermark back', () => {
    const track = choose(complete);
    expect(track.advance(complete, place(9), NOW).cursor).toEqual(place(10));
    expect(track.advance(complete, place(11), NOW).cursor).toEqual(place(11));
    expect(track.advance(complete, undefined, NOW).cursor).toEqual(place(10));
    expect(track.advance(complete, FUTURE, NOW).cursor).toEqual(place(10));
  });

  test('a feed that was empty when it was loaded is read whole', () => {
    const empty = { ...complete, cursor: undefined };
    expect(choose(empty)).toMatchObject({ from: undefined, whole: true });
  });

  test('leaves a full-load’s own place alone', () => {
    const between = { ...complete, load: { cursor: place(2), run: 4 } };
    const moved = choose(between).advance(between, place(11), NOW);
    expect(choose(between).finish(moved, NOW).load).toEqual({ cursor: place(2), run: 4 });
  });
});

test('promise 6: only a plain sync keeps a newer version against an older one that it reads', () => {
  expect(choose(complete)).toMatchObject({ keepsNewer: true });
  for (const track of [
    choose(begun),
    choose({ ...complete, cursor: undefined }),
    choose(complete, { since: place(8).timestamp }),
    choose(complete, { mode: 'full-load' }),
    choose(begun, { mode: 'full-load', restart: true }),
    planActiveFirst(begun, 7),
  ]) {
    expect(track).toMatchObject({ keepsNewer: false });
  }
});

describe('a sync with --since', () => {
  test('before the watermark: reads old changes again, then new ones', () => {
    const track = choose(complete, { since: place(8).timestamp });
    expect(track).toMatchObject({ from: { timestamp: place(8).timestamp }, whole: false });
    expect(track.advance(complete, place(9), NOW).cursor).toEqual(place(10));
    expect(track.advance(complete, place(12), NOW).cursor).toEqual(place(12));
    expect(track.finish(complete, NOW).completeAt).toBe(NOW);
  });

  test('promise 2: behind the watermark: would leave a gap, so the watermark stays', () => {
    for (const watermark of [complete, begun, createWatermark('Property')]) {
      const track = choose(watermark, { since: place(11).timestamp });
      expect(track.advance(watermark, place(12), NOW)).toEqual(watermark);
      expect(track.finish(watermark, NOW)).toEqual(watermark);
      expect(track.reason).toContain('the watermark stays');
    }
  });
});

describe('a full-load over a complete table', () => {
  test('has a separate checkpoint; the watermark does not move until the end', () => {
    const track = choose(complete, { mode: 'full-load' });
    expect(track).toMatchObject({ from: undefined, whole: true });
    const moved = track.advance(complete, place(3), NOW);
    expect(moved).toMatchObject({
      cursor: place(10),
      load: { cursor: place(3), run: 7 },
      completeAt: complete.completeAt,
    });
    expect(track.finish(moved, NOW)).toMatchObject({ cursor: place(10), load: undefined, completeAt: NOW });
  });

  test('promise 1: resumes from its checkpoint, for the run that started it', () => {
    const watermark = { ...complete, load: { cursor: place(3), run: 4 } };
    const track = choose(watermark, { mode: 'full-load' });
    expect(track.from).toEqual(place(3));
    expect(track.reason).toBe(`full-load of run 4, resuming from ${place(3).timestamp}`);
    expect(track.advance(watermark, undefined, NOW).load).toEqual({ cursor: place(3), run: 4 });
    expect(track.advance(watermark, place(4), NOW).load).toEqual({ cursor: place(4), run: 4 });
  });

  test('with --restart forgets the interrupted one, from its first page on', () => {
    const watermark = { ...complete, load: { cursor: place(3), run: 4 } };
    const track = choose(watermark, { mode: 'full-load', restart: true });
    expect(track.from).toBeUndefined();
    expect(track.advance(watermark, undefined, NOW).load).toEqual({ cursor: undefined, run: 7 });
  });

  test('that came further than the watermark takes it along; a future timestamp does not', () => {
    const track = choose(complete, { mode: 'full-load' });
    expect(track.finish(track.advance(complete, place(12), NOW), NOW).cursor).toEqual(place(12));
    expect(track.finish(track.advance(complete, FUTURE, NOW), NOW).cursor).toEqual(place(10));
  });
});

describe('promise 5: a place that the watermark’s columns cannot hold', () => {
  const long: [what: string, reached: Cursor, kept: string][] = [
    ['a key', { ...place(11), key: '🏡'.repeat(256) }, '2026-03-19T11:00:00.000Z'],
    [
      'a timestamp',
      { timestamp: `2026-03-19T11:00:00.123${'9'.repeat(50)}Z`, key: 'k' },
      '2026-03-19T11:00:00.123Z',
    ],
  ];

  test.each(long)('for %s: its whole instant is still to come, for every kind of run', (_, reached, kept) => {
    for (const watermark of [createWatermark('Property'), complete]) {
      expect(choose(watermark).advance(watermark, reached, NOW).cursor).toEqual({ timestamp: kept });
    }
    const moved = choose(complete, { mode: 'full-load' }).advance(complete, reached, NOW);
    expect(moved.load?.cursor).toEqual({ timestamp: kept });
  });

  test('one that just fits is kept as it is', () => {
    const reached = { timestamp: `2026-03-19T11:00:00.${'1'.repeat(43)}Z`, key: '🏡'.repeat(255) };
    expect(reached.timestamp).toHaveLength(64);
    expect(choose(complete).advance(complete, reached, NOW).cursor).toEqual(reached);
  });
});
