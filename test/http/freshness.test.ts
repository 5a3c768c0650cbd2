import { expect, test } from 'vitest';
import { isAlwaysExpired, readFreshness } from '../../src/http/freshness.ts';

const DATE = 'Mon, 05 Oct 2026 12:00:00 GMT';

test.each([
  [{}, undefined],
  [{ 'cache-control': 'max-age=60' }, 60_000],
  [{ 'cache-control': 'private, MAX-AGE="60", must-revalidate' }, 60_000],
  [{ 'cache-control': 's-maxage=60' }, undefined],
  [{ 'cache-control': 'max-age=0', date: DATE, expires: 'Mon, 05 Oct 2026 13:00:00 GMT' }, undefined],
  [{ 'cache-control': 'no-cache, max-age=60' }, undefined],
  [{ 'cache-control': 'no-store' }, undefined],
  [{ date: DATE, expires: 'Mon, 05 Oct 2026 13:00:00 GMT' }, 3_600_000],
  [{ date: DATE, expires: 'Mon, 05 Oct 2026 11:00:00 GMT' }, undefined],
  [{ date: DATE, expires: '0' }, undefined],
  [{ date: DATE, expires: '-1' }, undefined],
  [{ expires: 'Mon, 05 Oct 2026 13:00:00 GMT' }, undefined],
])('%j is fresh for %s', (headers, ms) => {
  expect(readFreshness(headers as Record<string, string>)).toBe(ms);
});

test('only Expires: 0 makes validators worthless', () => {
  expect([{ expires: '0' }, { expires: DATE }, {}].map((headers) => isAlwaysExpired({ ...headers }))).toEqual(
    [true, false, false],
  );
});
