import { expect, test } from 'vitest';
import { computeAge, computeKnownAge } from '../../src/record/freshness.ts';
import { createWatermark, type Watermark } from '../../src/record/watermark.ts';

const read = (resource: string, completeAt: number): Watermark => ({
  ...createWatermark(resource),
  completeAt,
});

const BOTH = [read('Property', 1000), read('Media', 5000)];

test.each<[string, readonly Watermark[], readonly string[], number | null, number | null]>([
  ['all were read to the end: since the one that was longest ago', BOTH, ['Property', 'Media'], 9000, 9000],
  ['only those that are asked for count', BOTH, ['Media'], 5000, 5000],
  [
    'one was begun and never finished',
    [...BOTH, createWatermark('Member')],
    ['Property', 'Member'],
    null,
    9000,
  ],
  ['one was never begun', BOTH, ['Media', 'Member'], null, 5000],
  ['none was', [createWatermark('Member')], ['Member', 'Office'], null, null],
  ['in the future, by a clock that was set back', [read('Media', 99_000)], ['Media'], 0, 0],
])('the age of the tables if %s', (_, watermarks, resources, age, known) => {
  expect(computeAge(watermarks, resources, 10_000)).toBe(age);
  expect(computeKnownAge(watermarks, resources, 10_000)).toBe(known);
});
