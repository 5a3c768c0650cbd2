import { describe, expect, test } from 'vitest';
import {
  BusyError,
  ConfigError,
  QueryRefusedError,
  RateLimitedError,
  UnavailableError,
} from '../../../src/errors.ts';
import { addFailure, decidePermission, type Restraint } from '../../../src/run/items/breaker.ts';
import { findRetryAfter, isFailureOfServer } from '../../../src/run/items/fail-items.ts';
import { createSeenIds } from '../../../src/run/items/seen-ids.ts';

const MINUTE = 60_000;
const none: Restraint = { failures: 0, openedUntil: undefined, notBefore: undefined, goneAt: undefined };

/** The state after so many failed runs at time 0. */
function failed(times: number): Restraint {
  let state = none;
  for (let turn = 0; turn < times; turn += 1) state = addFailure(state, 0, undefined);
  return state;
}

describe('fault 7: the breaker counts across runs', () => {
  test('four failures keep nothing from running', () => {
    expect(decidePermission(undefined, 0, false)).toEqual({ kind: 'go' });
    expect(decidePermission(failed(4), 0, false)).toEqual({ kind: 'go' });
  });

  test('the pause doubles with each further failure, to six hours', () => {
    const pauses = [5, 6, 7, 8, 9, 10, 50].map((times) => failed(times).openedUntil! / MINUTE);
    expect(pauses).toEqual([15, 30, 60, 120, 240, 360, 360]);
  });

  test('after the pause one run may', () => {
    const until = 15 * MINUTE;
    expect(decidePermission(failed(5), until - 1, false)).toEqual({
      kind: 'pause',
      until,
      reason: 'failures',
    });
    expect(decidePermission(failed(5), until, false)).toEqual({ kind: 'go' });
  });

  test('a user may ask anyway, but not for what is gone', () => {
    expect(decidePermission(failed(5), 0, true)).toEqual({ kind: 'go' });
    expect(decidePermission({ ...none, goneAt: 7 }, 0, true)).toEqual({ kind: 'gone', since: 7 });
  });
});

test('promise 32, fault 8, pitfall 18: a pause that the server asked for is kept', () => {
  const asked = addFailure(none, 1000, 60_000);
  expect(asked).toMatchObject({ failures: 1, notBefore: 61_000 });
  expect(decidePermission(asked, 60_999, false)).toEqual({ kind: 'pause', until: 61_000, reason: 'server' });
  expect(decidePermission(asked, 61_000, false)).toEqual({ kind: 'go' });
  const cause = new RateLimitedError('429', { op: 'get', retryAfter: 5000 });
  expect(findRetryAfter(new UnavailableError('down', { op: 'get', cause }))).toBe(5000);
  expect(findRetryAfter(new Error('other'))).toBeUndefined();
});

test('a wrong configuration and a held lock say nothing about the server', () => {
  const details = { op: 'get', status: 403 };
  expect(isFailureOfServer(new ConfigError('wrong', details))).toBe(false);
  expect(isFailureOfServer(new BusyError('busy', details))).toBe(false);
  expect(isFailureOfServer(new QueryRefusedError('refused', details))).toBe(true);
  expect(isFailureOfServer(new UnavailableError('down', details))).toBe(true);
});

test('ids are remembered, however large', () => {
  const seen = createSeenIds();
  const ids = [1, 8, 65_535, 65_536, 2 ** 40, Number.MAX_SAFE_INTEGER];
  seen.add(ids);
  for (const id of ids) {
    expect(seen.has(id)).toBe(true);
    expect(seen.has(id - 1)).toBe(ids.includes(id - 1));
  }
});

test('a pause of more than a day is cut to a day', () => {
  const { notBefore } = addFailure(
    { failures: 0, openedUntil: undefined, notBefore: undefined, goneAt: undefined },
    1000,
    1e15,
  );
  expect(notBefore).toBe(1000 + 24 * 3_600_000);
});
