import { beforeEach, describe, expect, test } from 'vitest';
import { readUsage, type UsageFacts } from '../../../src/commands/usage/read.ts';
import { type Database, openDatabase } from '../../../src/db/pool.ts';
import type { CallCount } from '../../../src/model/usage.ts';
import { saveCalls } from '../../../src/record/api-usage.ts';
import { migratedDatabase } from '../../helpers/template.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 19, 12, 30);

let database: Database;

beforeEach(async () => {
  const db = await migratedDatabase();
  database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  return async () => {
    await database.close();
    await db.drop();
  };
});

async function called(...counts: Partial<CallCount>[]): Promise<void> {
  const connection = await database.connect();
  const zero = {
    run: 1,
    hour: NOW - HOUR / 2,
    source: 'trestle',
    resource: 'Property',
    kind: 'data',
    calls: 0,
  } as const;
  await saveCalls(connection, {
    process: 'a',
    counts: counts.map((count) => ({ ...zero, failed: 0, bytes: 0, ms: 0, ...count })),
  });
  connection.release();
}

function facts(left: number, more: Partial<UsageFacts> = {}): UsageFacts {
  const hour = { limit: 1000, left, resetAt: NOW + HOUR };
  const quota = { minute: { limit: 100, left: 100 }, hour };
  return { now: NOW, quota, price: { per1000Calls: 2, monthlyFee: 10 }, quotaPercent: 15, ...more };
}

test('without tables, and without a call, there is nothing to show', async () => {
  expect(await readUsage(database, { days: 7, by: 'run' }, facts(1000))).toMatchObject({
    rows: [],
    totals: { calls: 0, cost: 0 },
    quota: { busiestHour: null },
    warnings: [],
  });
});

describe('what counts', () => {
  test('sign-ins and media files are listed, but cost nothing and use no quota', async () => {
    await called(
      { calls: 100 },
      { calls: 50, kind: 'census' },
      { calls: 3, kind: 'token', resource: '' },
      { calls: 900, kind: 'file', resource: 'Media' },
    );
    const usage = await readUsage(database, { days: 7, by: 'resource' }, facts(1000));
    expect(usage).toMatchObject({ totals: { calls: 150, cost: 0.3 }, signIns: 3, files: 900 });
    expect(usage.quota.busiestHour).toMatchObject({ calls: 150, percent: 15 });
    expect(usage.rows.map(({ kind, calls, cost }) => [kind, calls, cost])).toEqual([
      ['file', 900, 0],
      ['census', 50, 0.1],
      ['data', 100, 0.2],
      ['token', 3, 0],
    ]);
    expect(usage.month).toMatchObject({ calls: 150, cost: 10.3 });
  });

  test('calls of county files and items count for no quota and cost nothing: they are listed by source', async () => {
    await called(
      { calls: 100 },
      { calls: 7, failed: 1, bytes: 10, source: 'permits', resource: 'permits' },
      { calls: 1, bytes: 5, source: 'permits', resource: '', kind: 'token' },
      { calls: 12, source: 'hcad', resource: 'Real_acct_owner.zip', kind: 'file' },
    );
    for (const by of ['day', 'resource', 'run'] as const) {
      const usage = await readUsage(database, { days: 7, by }, facts(1000));
      expect(usage).toMatchObject({ totals: { calls: 100, cost: 0.2 }, signIns: 0, files: 0 });
      expect(usage.rows.reduce((sum, { calls }) => sum + calls, 0)).toBe(100);
      expect(usage.month.calls).toBe(100);
      expect(usage.quota.busiestHour?.calls).toBe(100);
      expect(usage.sources).toEqual([
        { source: 'hcad', calls: 0, files: 12, signIns: 0, failed: 0, bytes: 0, ms: 0 },
        { source: 'permits', calls: 7, files: 0, signIns: 1, failed: 1, bytes: 15, ms: 0 },
      ]);
    }
  });

  test('the days begin at midnight UTC, today is one of them, and those without a call have a line', async () => {
    await called(
      { calls: 1, hour: Date.UTC(2026, 2, 16, 23) },
      { calls: 2, hour: Date.UTC(2026, 2, 17, 0) },
      { calls: 4 },
    );
    const { rows, totals } = await readUsage(database, { days: 3, by: 'day' }, facts(1000));
    expect(rows.map(({ day, calls }) => [day, calls])).toEqual([
      ['2026-03-17', 2],
      ['2026-03-18', 0],
      ['2026-03-19', 4],
    ]);
    expect(totals.calls).toBe(6);
  });

  test('accepts any number of days', async () => {
    await called({ calls: 1 });
    const { rows } = await readUsage(database, { days: 999_999_999, by: 'day' }, facts(1000));
    expect(rows).toHaveLength(1);
  });

  test('a run is one line for all its calls', async () => {
    await called(
      { calls: 5 },
      { calls: 1, kind: 'census' },
      { calls: 7, run: 0 },
      { calls: 2, kind: 'token' },
    );
    const { rows } = await readUsage(database, { days: 1, by: 'run' }, facts(1000));
    expect(rows.map(({ run, calls }) => [run, calls])).toEqual([
      [1, 6],
      [0, 7],
    ]);
  });
});

describe('warnings', () => {
  test.each([
    [850, 1000, []],
    [851, 1000, ["the hour of 2026-03-19 12:00 UTC took 85.1 % of the hour's quota"]],
    [10, 150, []],
    [10, 149, ["only 14.9 % of this hour's quota is left"]],
  ])('%i calls in an hour and %i left of 1,000 warn %j', async (calls, left, expected) => {
    await called({ calls });
    const { warnings } = await readUsage(database, { days: 1, by: 'day' }, facts(left));
    expect(warnings.map((warning) => warning.split(':').slice(0, -1).join(':') || warning)).toEqual(expected);
  });

  test('ignores the remaining quota of a past hour', async () => {
    await called({ calls: 1 });
    const { quota } = facts(0);
    const past = facts(0, { quota: { ...quota!, hour: { ...quota!.hour, resetAt: NOW - 1 } } });
    const usage = await readUsage(database, { days: 1, by: 'day' }, past);
    expect([usage.quota.hourLeft, usage.warnings]).toEqual([null, []]);
  });

  test.each([
    [100, 6, ['6 % of the calls failed: api_calls.log has the reasons']],
    [100, 5, []],
    [19, 19, []],
  ])('of %i calls %i failed: %j', async (calls, failed, expected) => {
    await called({ calls, failed });
    const { warnings } = await readUsage(database, { days: 1, by: 'day' }, facts(1000));
    expect(warnings).toEqual(expected);
  });
});
