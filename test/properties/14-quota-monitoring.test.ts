import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evaluateRules } from '../../src/notify/alert/rules.ts';
import { BusyError } from '../../src/errors.ts';
import type { AlertSettings, RunReport } from '../../src/model/alert.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { type Reply, scriptedServer, type ScriptedServer } from '../helpers/scripted-server.ts';
import { sourceOf } from '../helpers/source.ts';
import { CASES, PATIENCE } from './arbitraries.ts';

// Validates: Requirements 4.4

const HOUR = 3_600_000;
const NEVER = new AbortController().signal;

let server: ScriptedServer;
let answer: () => Reply = () => ({});

beforeAll(async () => {
  server = await scriptedServer({ data: () => answer() });
});

afterAll(() => server.close());

const anyUsage = fc.record({
  limit: fc.integer({ min: 1, max: 300 }),
  /** What is left of the hour at the beginning, and when it ends. */
  left: fc.integer({ min: 0, max: 300 }),
  resetIn: fc.integer({ min: 1, max: HOUR }),
  /** What others on the same connection use between our requests. */
  others: fc.array(fc.oneof(fc.constant(0), fc.nat(60)), { minLength: 3, maxLength: 15 }),
  reservePercent: fc.integer({ min: 0, max: 90 }),
  quotaPercent: fc.integer({ min: 0, max: 100 }),
  maxWait: fc.constantFrom(0, HOUR / 2, 2 * HOUR),
});

type Usage = typeof anyUsage extends fc.Arbitrary<infer T> ? T : never;
type Told = { readonly left: number; readonly hour: number };

/** An API that counts by its own clock, ten minutes ahead of ours, and notes who asks too much. */
function api(usage: Usage, now: () => number) {
  let endsAt = now() + usage.resetIn;
  let left = Math.min(usage.left, usage.limit);
  let hour = 0;
  let asked = 0;
  const seen: { told: Told | undefined; tooMuch: string[] } = { told: undefined, tooMuch: [] };
  return {
    seen,
    endsAt: () => endsAt,
    answer: (): Reply => {
      if (now() >= endsAt) {
        endsAt = now() + HOUR;
        left = usage.limit;
        hour += 1;
      }
      const { told } = seen;
      if (told?.hour === hour && told.left * 100 <= usage.reservePercent * usage.limit) {
        seen.tooMuch.push(`asked although ${told.left} of ${usage.limit} were left`);
      }
      left = Math.max(0, left - 1 - usage.others[asked++ % usage.others.length]!);
      seen.told = { left, hour };
      const ahead = now() + 600_000;
      return {
        headers: {
          date: new Date(ahead).toUTCString(),
          'hour-quota-limit': String(usage.limit),
          'hour-quota-available': String(left),
          'hour-quota-resettime': String(Math.trunc(ahead / 1000) * 1000 + endsAt - now()),
        },
        body: { '@odata.count': 1, value: [] },
      };
    },
  };
}

function factsOf(hour: { limit: number | undefined; left: number | undefined } | undefined): RunReport {
  const known = hour?.limit !== undefined && hour.left !== undefined;
  return {
    mode: 'sync',
    run: 1,
    ended: 'success',
    error: undefined,
    processed: 0,
    rejected: 0,
    altered: 0,
    lost: undefined,
    hourQuota: known ? { limit: hour.limit!, left: hour.left! } : undefined,
    disks: [],
    age: undefined,
    schema: undefined,
  };
}

/** One usage, from request to request. */
async function holds(usage: Usage): Promise<void> {
  const { reservePercent, quotaPercent, maxWait, limit } = usage;
  const { source, clock } = sourceOf(server, { reservePercent, maxWait });
  const feed = api(usage, clock.now);
  answer = feed.answer;
  const settings = { quotaPercent } as AlertSettings;
  for (let request = 0; request < usage.others.length; request += 1) {
    const { told } = feed.seen;
    const pause = feed.endsAt() - clock.now();
    const isLow = told !== undefined && told.left * 100 <= reservePercent * limit;
    const before = clock.now();
    const error: unknown = await source.keys.count(property, NEVER).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (isLow && pause > maxWait) {
      // Too long to wait for: the run ends for now, and nothing was asked.
      expect(error).toBeInstanceOf(BusyError);
      expect(feed.seen.told).toBe(told);
      return;
    }
    expect(error).toBeUndefined();
    if (isLow) expect(clock.now() - before).toBeGreaterThanOrEqual(pause);
    else expect(clock.now()).toBe(before);
    const { left } = feed.seen.told!;
    const alerts = evaluateRules(factsOf(source.quota()?.hour), settings).filter(
      ({ kind }) => kind === 'quota',
    );
    expect(alerts).toMatchObject([{ isRaised: left * 100 < quotaPercent * limit, facts: { limit, left } }]);
  }
  expect(feed.seen.tooMuch).toEqual([]);
}

test(
  'Feature: trestle-etl-pipeline, Property 14: Quota Monitoring and Alerting: For any API usage pattern that approaches quota limits, the cost monitor should trigger appropriate alerts and optionally pause operations.',
  async () => {
    await fc.assert(fc.asyncProperty(anyUsage, holds), CASES);
  },
  PATIENCE,
);
