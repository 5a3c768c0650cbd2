import { expect, test } from 'vitest';
import { compareRequests } from '../../../src/run/expansion/compare-requests.ts';

const load = { parents: 10_000, pageSize: 1000, size: 50, largest: 444 };

test('promise 14: a first load with twenty photos a listing takes a tenth of the requests together', () => {
  const children = [{ stale: 1, records: 20, isRead: true }];
  expect(compareRequests({ ...load, children })).toEqual({ separate: 210, together: 25 });
});

test('promise 14: a sync whose listings rarely have new photos takes fewer requests separately', () => {
  const children = [{ stale: 0.01, records: 20, isRead: false }];
  expect(compareRequests({ ...load, parents: 900, children })).toEqual({ separate: 2, together: 5 });
});

test('records of few per parent are requested by at most 250 parents', () => {
  const children = [{ stale: 1, records: 1, isRead: false }];
  expect(compareRequests({ ...load, children }).separate).toBe(10 + 40);
});
