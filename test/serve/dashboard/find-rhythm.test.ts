import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../src/lib/time.ts';
import { findRhythm } from '../../../src/serve/dashboard/find-rhythm.ts';

const starts = [0, 15, 30, 200, 215, 230].map((minute) => minute * MINUTE_MS);

test('the usual distance is the median: one long pause changes nothing', () => {
  expect(findRhythm(starts, 235 * MINUTE_MS)).toEqual({
    usual: 15 * MINUTE_MS,
    next: 245 * MINUTE_MS,
    late: 0,
  });
});

test('a run is late half a distance after its time, and two minutes at least', () => {
  expect(findRhythm(starts, 252 * MINUTE_MS)?.late).toBe(0);
  expect(findRhythm(starts, 253 * MINUTE_MS)?.late).toBe(8 * MINUTE_MS);
  const quick = [0, 1, 2, 3].map((minute) => minute * MINUTE_MS);
  expect(findRhythm(quick, 6 * MINUTE_MS)?.late).toBe(0);
  expect(findRhythm(quick, 7 * MINUTE_MS)?.late).toBe(3 * MINUTE_MS);
});

test('too few runs have no rhythm', () => {
  expect(findRhythm(starts.slice(0, 3), 0)).toBeUndefined();
});
