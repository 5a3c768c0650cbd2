import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordAnswer, recordSend, type QuotaLimits, type Quota, planWait } from '../../src/http/quota.ts';

const MINUTE = 60_000;
const LIMITS: QuotaLimits = { reservePercent: 10, minute: MINUTE };
const NOW = Date.UTC(2026, 2, 19, 12);

type Meter = { readonly kind: 'fixed' | 'sliding'; readonly limit: number; readonly phase: number };

/** A server's minute: counts what it lets through, and refuses what is over the limit. */
function metered({ kind, limit, phase }: Meter) {
  let taken: number[] = [];
  const counted = (at: number): number[] =>
    kind === 'fixed'
      ? taken.filter((time) => Math.floor((time - phase) / MINUTE) === Math.floor((at - phase) / MINUTE))
      : taken.filter((time) => time > at - MINUTE);
  return (at: number): { ok: boolean; left: number } => {
    taken = counted(at);
    const ok = taken.length < limit;
    if (ok) taken.push(at);
    return { ok, left: limit - taken.length };
  };
}

type Course = { refused: number; took: number; most: number };

/** One client that sends `count` requests as the decisions allow, next to another one that sends requests at any time. */
function drive(meter: Meter, count: number, travel: () => number, others: readonly number[] = []): Course {
  const ask = metered(meter);
  const waiting = others.map((at) => NOW + at);
  let quota: Quota = { sent: [] };
  let now = NOW;
  let refused = 0;
  let most = 0;
  for (let n = 0; n < count; n += 1) {
    for (let wait = planWait(quota, LIMITS, now); wait !== undefined; wait = planWait(quota, LIMITS, now)) {
      expect(wait.ms).toBeGreaterThan(0);
      most = Math.max(most, wait.ms);
      now += wait.ms;
    }
    quota = recordSend(quota, LIMITS, now);
    now += travel();
    while (waiting[0] !== undefined && waiting[0] <= now) ask(waiting.shift()!);
    const { ok, left } = ask(now);
    if (!ok) refused += 1;
    now += travel();
    quota = recordAnswer(quota, { minute: { limit: meter.limit, left } }, undefined, now);
  }
  return { refused, took: now - NOW, most };
}

const meters = fc.record({
  kind: fc.constantFrom('fixed' as const, 'sliding' as const),
  limit: fc.constantFrom(180, 180, 200, 30),
  phase: fc.nat(MINUTE),
});
/** Milliseconds on the way, either way: seldom slow, mostly not. */
const travels = fc
  .infiniteStream(fc.oneof(fc.nat(30), fc.nat(30), fc.nat(500), fc.integer({ min: 0, max: 1000 })))
  .map((stream) => () => stream.next().value);

describe('the minute', () => {
  test('promise 11: a single client is never refused, with fixed or sliding minutes', () => {
    fc.assert(
      fc.property(meters, travels, (meter, travel) => {
        expect(drive(meter, 420, travel).refused).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('promise 11: uses the full quota: 420 requests at 180 a minute take at most three minutes', () => {
    for (const kind of ['fixed', 'sliding'] as const) {
      const { took } = drive({ kind, limit: 180, phase: 12_345 }, 420, () => 5);
      expect(took).toBeGreaterThan(2 * MINUTE);
      expect(took).toBeLessThan(3 * MINUTE + 10_000);
    }
  });

  test('promise 11: leaves another client its share, and still completes the work', () => {
    const others = fc
      .array(fc.nat(8 * MINUTE), { minLength: 0, maxLength: 8 * 60 })
      .map((times) => times.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(meters, travels, others, (meter, travel, times) => {
        fc.pre(meter.limit >= 180);
        const { refused, most } = drive(meter, 420, travel, times);
        // A burst by another client between an answer and our next request cannot be foreseen: rare refusals, never many.
        expect(refused).toBeLessThanOrEqual(4);
        expect(most).toBeLessThanOrEqual(2 * MINUTE);
      }),
      { numRuns: 60 },
    );
  });

  test('promise 11: subtracts the observed use by others, request by request', () => {
    const stated = { minute: { limit: 180, left: 100 } };
    let quota = recordAnswer({ sent: [[NOW / 1000, 10]] }, stated, undefined, NOW);
    let more = 0;
    for (; planWait(quota, LIMITS, NOW + 1000) === undefined; more += 1)
      quota = recordSend(quota, LIMITS, NOW + 1000);
    // 180, less the others' 70, our 10, and a margin of 4.
    expect(more).toBe(96);
  });

  test('promise 11: waits a full minute if others have used up the quota', () => {
    const quota = recordAnswer({ sent: [] }, { minute: { limit: 180, left: 0 } }, undefined, NOW);
    expect(planWait(quota, LIMITS, NOW)).toEqual({ ms: MINUTE + 1000, window: 'minute' });
    expect(planWait(quota, LIMITS, NOW + MINUTE + 1000)).toBeUndefined();
  });

  test('promise 11: uses a stated end of the minute, by the API’s clock', () => {
    const minute = { limit: 180, left: 0, resetAt: Date.UTC(2026, 2, 19, 12, 30, 20) };
    const quota = recordAnswer({ sent: [] }, { minute }, Date.UTC(2026, 2, 19, 12, 30), NOW);
    expect(planWait(quota, LIMITS, NOW)).toEqual({ ms: 21_000, window: 'minute' });
  });

  test('requests of an earlier minute are forgotten', () => {
    let quota: Quota = { sent: [] };
    for (let n = 0; n < 300; n += 1) quota = recordSend(quota, LIMITS, NOW + n * 1000);
    expect(quota.sent.length).toBeLessThanOrEqual(62);
    expect(recordSend({ sent: [[NOW / 1000, 3]] }, LIMITS, NOW + 999).sent).toEqual([[NOW / 1000, 4]]);
  });

  test.each([0, 1])(
    'promise 11: a limit of %d a minute does not wait for ever in steps of a millisecond',
    (limit) => {
      const quota = recordAnswer({ sent: [] }, { minute: { limit, left: limit } }, undefined, NOW);
      let now = NOW;
      for (let waits = 0; waits < 100; waits += 1) now += planWait(quota, LIMITS, now)?.ms ?? MINUTE;
      expect(now - NOW).toBeGreaterThan(2 * MINUTE);
    },
  );
});

const stated = (left: number, limit = 7200, resetAt?: number, date?: number): Quota =>
  recordAnswer(
    { sent: [] },
    { hour: { limit, left, ...(resetAt === undefined ? {} : { resetAt }) } },
    date,
    NOW,
  );

describe('the hour', () => {
  test('promise 11: the reserve stays for others', () => {
    expect(planWait(stated(721), LIMITS, NOW)).toBeUndefined();
    expect(planWait(stated(720), LIMITS, NOW)).toEqual({ ms: 3_600_000, window: 'hour' });
    expect(planWait(stated(1), { ...LIMITS, reservePercent: 0 }, NOW)).toBeUndefined();
    expect(planWait(stated(0), { ...LIMITS, reservePercent: 0 }, NOW)).toMatchObject({ window: 'hour' });
    // A limit of zero means that there is none.
    expect(planWait(stated(0, 0), LIMITS, NOW)).toBeUndefined();
  });

  test('promise 11: the stated reset ends the wait, also if this machine’s clock is wrong', () => {
    const quota = stated(0, 7200, Date.UTC(2026, 2, 19, 9), Date.UTC(2026, 2, 19, 8, 50));
    expect(planWait(quota, LIMITS, NOW)).toEqual({ ms: 600_000, window: 'hour' });
    expect(planWait(quota, LIMITS, NOW + 600_000)).toBeUndefined();
  });

  test('promise 11: takes the longer of two waits', () => {
    const both = recordAnswer(stated(0), { minute: { limit: 180, left: 0 } }, undefined, NOW);
    expect(planWait(both, LIMITS, NOW)?.window).toBe('hour');
    expect(planWait(both, LIMITS, NOW + 3_590_000)).toMatchObject({ window: 'hour' });
  });

  test('promise 11: keeps the reserve during a full hour of work', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 600 }),
        fc.integer({ min: 0, max: 90 }),
        (limit, reservePercent) => {
          const limits = { ...LIMITS, reservePercent };
          let left = limit;
          let quota: Quota = { sent: [] };
          for (let n = 0; n < limit && planWait(quota, limits, NOW + n) === undefined; n += 1) {
            quota = recordSend(quota, limits, NOW + n);
            left -= 1;
            quota = recordAnswer(quota, { hour: { limit, left } }, undefined, NOW + n);
          }
          expect(left).toBeLessThanOrEqual((limit * reservePercent) / 100 + 1);
          expect(left).toBeGreaterThan((limit * reservePercent) / 100 - 1);
        },
      ),
    );
  });
});

describe('what an answer states', () => {
  test('promise 11: nothing is assumed if nothing is stated', () => {
    expect(recordAnswer({ sent: [] }, {}, undefined, NOW)).toEqual({ sent: [] });
    expect(planWait({ sent: [[NOW / 1000, 9999]] }, LIMITS, NOW)).toBeUndefined();
  });

  test('promise 11: an earlier statement holds until there is a new one', () => {
    const before = recordAnswer({ sent: [] }, { minute: { limit: 180, left: 3 } }, undefined, NOW);
    expect(recordAnswer(before, {}, undefined, NOW + 1)).toEqual(before);
    expect(before.minute).toEqual({ limit: 180, left: 3, at: NOW });
  });
});
