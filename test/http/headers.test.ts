import { describe, expect, test } from 'vitest';
import { readDate, readRetryAfter } from '../../src/http/headers.ts';

const date = 'Thu, 19 Mar 2026 12:00:00 GMT';

test.each([
  [{ date }, Date.UTC(2026, 2, 19, 12)],
  [{ date: 'soon' }, undefined],
  [{}, undefined],
])('readDate: %o is %s', (headers, ms) => {
  expect(readDate(headers)).toBe(ms);
});

describe('readRetryAfter', () => {
  test.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': ' 0.5 ' }, 500],
    [{ 'retry-after': 'Thu, 19 Mar 2026 12:00:42 GMT', date }, 42_000],
    [{ 'retry-after': 'Thu, 19 Mar 2026 11:00:00 GMT', date }, 0],
    [{ 'retry-after': 'Thu, 19 Mar 2026 12:00:42 GMT' }, undefined],
    [{ 'retry-after': 'soon', date }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{}, undefined],
  ])('promise 13: %o is %s ms', (headers, ms) => {
    expect(readRetryAfter({ headers })).toBe(ms);
  });
});
