import { expect, test } from 'vitest';
import { BusyError, QueryRefusedError, UnavailableError } from '../../../src/errors.ts';
import { createExpansion, type ExpansionOptions } from '../../../src/run/expansion/create-expansion.ts';
import { media } from '../../../src/sources/trestle/datasets/media.ts';

function opened(options: Partial<ExpansionOptions> = {}) {
  const ends: string[] = [];
  const expansion = createExpansion({
    datasets: [media],
    strategy: 'expand',
    pageSize: 1000,
    onEnd: ({ reason, isFailure }) => ends.push(`${isFailure ? 'failed' : 'ended'}: ${reason}`),
    ...options,
  });
  return { expansion, ends, top: () => expansion.next()?.top };
}

/** Twenty photos of 1.3 kB a listing of 14 kB, a millisecond each. */
const page = (records: number) => ({ records, bytes: 40_000 * records, ms: records });
const sets = (wanted: number, proven: number) => [{ wanted, proven, stale: 1, records: 20, isRead: true }];
const timeout = new UnavailableError('504', { op: 'GET' });

test('pages grow from 50 to the limit of bytes', () => {
  const { expansion, top } = opened();
  const sizes = Array.from({ length: 6 }, () => {
    const size = top()!;
    expansion.answered(page(size));
    return size;
  });
  expect(sizes).toEqual([50, 100, 200, 400, 400, 400]);
});

test('a page that fails is requested again with half of the records, then with 50, and larger ones never again', () => {
  const { expansion, top } = opened();
  for (const size of [50, 100, 200]) expansion.answered(page(size));
  expect(expansion.next()).toMatchObject({ top: 400, retries: 0 });
  expect(expansion.failed(timeout)).toBe(true);
  expect(top()).toBe(200);
  expect(expansion.failed(timeout)).toBe(true);
  expect(expansion.next()).toMatchObject({ top: 50, retries: 1 });
  for (const size of [50, 100, 200]) expansion.answered(page(size));
  expect(top()).toBe(100);
});

test('a page that fails at the smallest size is requested without child records; after three such pages all are', () => {
  const { expansion, ends } = opened();
  for (const _ of [1, 2]) {
    expect(expansion.next()?.top).toBe(50);
    expect(expansion.failed(timeout)).toBe(true);
    expect(expansion.next()).toBeUndefined();
  }
  expect(expansion.isOn()).toBe(true);
  expect(expansion.next()?.top).toBe(50);
  expansion.failed(timeout);
  expect(expansion.isOn()).toBe(false);
  expect(expansion.next()).toBeUndefined();
  expect(expansion.next()).toBeUndefined();
  expect(ends).toEqual([expect.stringMatching(/^failed: .*504/)]);
});

test('a refusal ends it at once; a spent quota is the error of the run', () => {
  const { expansion, ends } = opened();
  expect(expansion.failed(new BusyError('quota', { op: 'GET' }))).toBe(false);
  expect(expansion.isOn()).toBe(true);
  expect(expansion.failed(new QueryRefusedError('no Media', { op: 'GET', status: 400 }))).toBe(true);
  expect(expansion.next()).toBeUndefined();
  expect(ends).toHaveLength(1);
});

test('promise 9: three pages in a row with too few complete sets end it; a good one in between does not', () => {
  const { expansion, ends, top } = opened();
  expansion.answered(page(50));
  expansion.taken(sets(50, 20), undefined);
  expect(top()).toBe(50);
  expansion.taken(sets(50, 20), undefined);
  expansion.taken(sets(50, 50), undefined);
  expansion.taken(sets(50, 0), undefined);
  expansion.taken(sets(3, 0), undefined);
  expansion.taken(sets(50, 0), undefined);
  expect(ends).toEqual([]);
  expansion.taken(sets(50, 0), undefined);
  expect(expansion.isOn()).toBe(false);
  expect(ends).toHaveLength(1);
});

test('promise 14: auto ends it when separate requests would be fewer; expand does not', () => {
  const few = [{ wanted: 1, proven: 1, stale: 0.01, records: 20, isRead: false }];
  for (const [strategy, isOn] of [
    ['auto', false],
    ['expand', true],
  ] as const) {
    const { expansion, ends } = opened({ strategy });
    expansion.answered(page(50));
    expansion.taken(few, 900);
    expect(expansion.isOn()).toBe(isOn);
    expect(ends).toEqual(isOn ? [] : [expect.stringMatching(/^ended: /)]);
  }
  const { expansion } = opened({ strategy: 'auto' });
  expansion.answered(page(50));
  expansion.taken(sets(50, 50), 10_000);
  expansion.taken(few, 0);
  expect(expansion.isOn()).toBe(true);
});
