import { hasTables } from '../../record/tables.ts';
import type { Database } from '../../db/pool.ts';
import { DAY_MS } from '../../lib/time.ts';
import type { QuotaLeft } from '../../sources/source.ts';
import type { CallKind } from '../../model/usage.ts';
import {
  type Calls,
  callsByHour,
  callsByResource,
  callsByRun,
  firstHour,
  type HourOfCalls,
} from '../../record/api-usage.ts';
import { calculateCost, type MonthForecast, forecastMonth, type Price } from '../../run/forecast.ts';

export type UsageGrouping = 'day' | 'resource' | 'run';

/** A line of the report: what it is about, and its calls. Of sign-ins and media files, cost is 0. */
export type UsageRow = Readonly<Record<string, string | number | null>> & Calls & { readonly cost: number };

export type Usage = {
  readonly at: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly from: string;
  readonly by: UsageGrouping;
  readonly rows: readonly UsageRow[];
  /** Of the calls that the quota counts. */
  readonly totals: Calls & { readonly cost: number };
  /** Those that it does not. */
  readonly signIns: number;
  readonly files: number;
  readonly quota: {
    /** Null: not known yet. */
    readonly hourLimit: number | null;
    /** Null: the hour that it was said of is over. */
    readonly hourLeft: number | null;
    readonly busiestHour: {
      readonly hour: string;
      readonly calls: number;
      readonly percent: number | null;
    } | null;
  };
  readonly month: MonthForecast;
  readonly warnings: readonly string[];
};

/** `days` counts today. */
export type UsageRequest = { readonly days: number; readonly by: UsageGrouping };

/** What a report is made of, beside the database. */
export type UsageFacts = {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** As the feed told it last. */
  readonly quota: QuotaLeft | undefined;
  readonly price: Price;
  /** Share of the hour's quota that should be left. */
  readonly quotaPercent: number;
};

/** Media files have a quota of their own, sign-ins have none. */
const METERED: ReadonlySet<CallKind> = new Set(['data', 'census']);

/** Calendars end. */
const MAX_DAYS = 36_500;

/** What was called, and what follows from it. Asks the database only. */
export async function readUsage(
  database: Database,
  { days, by }: UsageRequest,
  { now, quota: told, price, quotaPercent }: UsageFacts,
): Promise<Usage> {
  const from = Math.floor(now / DAY_MS) * DAY_MS - (Math.min(days, MAX_DAYS) - 1) * DAY_MS;
  const isThere = await hasTables(database);
  // The month's pace needs its first day and the last seven.
  const all = isThere ? await callsByHour(database, Math.min(from, now - 31 * DAY_MS)) : [];
  const first = isThere ? await firstHour(database) : undefined;
  const hours = all.filter(({ hour }) => hour >= from);
  const metered = hours.filter(({ kind }) => METERED.has(kind));
  const totals = sumCalls(metered);
  const hour = told?.hour;
  const limit = hour?.limit ?? null;
  const isCurrent = hour?.resetAt !== undefined && hour.resetAt > now;
  const quota = {
    hourLimit: limit,
    hourLeft: isCurrent ? (hour.left ?? null) : null,
    busiestHour: findBusiestHour(metered, limit),
  };
  return {
    at: new Date(now).toISOString(),
    from: formatDay(from),
    by,
    rows: isThere ? await readRows(by, database, hours, from, price) : [],
    totals: { ...totals, cost: calculateCost(totals.calls, price) },
    signIns: sumCalls(hours.filter(({ kind }) => kind === 'token')).calls,
    files: sumCalls(hours.filter(({ kind }) => kind === 'file')).calls,
    quota,
    month: forecastMonth(sumByHour(all.filter(({ kind }) => METERED.has(kind))), first, now, price),
    warnings: listWarnings(totals, quota, quotaPercent),
  };
}

async function readRows(
  by: UsageGrouping,
  database: Database,
  hours: readonly HourOfCalls[],
  from: number,
  price: Price,
): Promise<UsageRow[]> {
  if (by === 'day') return groupByDay(hours, price);
  if (by === 'resource') {
    const rows = await callsByResource(database, from);
    return rows.map((row) => ({ ...row, cost: METERED.has(row.kind) ? calculateCost(row.calls, price) : 0 }));
  }
  const rows = (await callsByRun(database, from)).filter(({ kind }) => METERED.has(kind));
  const runs = [...new Set(rows.map(({ run }) => run))];
  return runs.map((run) => {
    const own = rows.filter((row) => row.run === run);
    const { mode, status, start } = own[0]!;
    const sums = sumCalls(own);
    return { run, mode, status, start, ...sums, cost: calculateCost(sums.calls, price) };
  });
}

/** Every day from the first that had calls, those without any too. */
function groupByDay(hours: readonly HourOfCalls[], price: Price): UsageRow[] {
  const [first, last] = [hours[0], hours.at(-1)];
  if (first === undefined || last === undefined) return [];
  const days: UsageRow[] = [];
  for (let day = Math.floor(first.hour / DAY_MS) * DAY_MS; day <= last.hour; day += DAY_MS) {
    const own = hours.filter(({ hour, kind }) => hour >= day && hour < day + DAY_MS && METERED.has(kind));
    const sums = sumCalls(own);
    days.push({ day: formatDay(day), ...sums, cost: calculateCost(sums.calls, price) });
  }
  return days;
}

function sumCalls(rows: readonly Calls[]): Calls {
  return rows.reduce(
    (sum, row) => ({
      calls: sum.calls + row.calls,
      failed: sum.failed + row.failed,
      bytes: sum.bytes + row.bytes,
      ms: sum.ms + row.ms,
    }),
    { calls: 0, failed: 0, bytes: 0, ms: 0 },
  );
}

function sumByHour(rows: readonly HourOfCalls[]): { hour: number; calls: number }[] {
  const sums = new Map<number, number>();
  for (const { hour, calls } of rows) sums.set(hour, (sums.get(hour) ?? 0) + calls);
  return [...sums].map(([hour, calls]) => ({ hour, calls }));
}

function findBusiestHour(rows: readonly HourOfCalls[], limit: number | null): Usage['quota']['busiestHour'] {
  const top = sumByHour(rows).reduce<{ hour: number; calls: number } | undefined>(
    (most, next) => (next.calls > (most?.calls ?? 0) ? next : most),
    undefined,
  );
  if (top === undefined) return null;
  return {
    hour: new Date(top.hour).toISOString(),
    calls: top.calls,
    percent: limit === null ? null : (top.calls / limit) * 100,
  };
}

/** Failed calls are paid for too: from this share on they are worth a look, where there are some calls at all. */
const MOST_FAILED = { percent: 5, of: 20 };

function listWarnings(totals: Calls, quota: Usage['quota'], quotaPercent: number): string[] {
  const { hourLimit, hourLeft, busiestHour } = quota;
  const percent = busiestHour?.percent ?? 0;
  const left = hourLimit === null || hourLeft === null ? 100 : (hourLeft / hourLimit) * 100;
  const failed = (totals.failed / Math.max(1, totals.calls)) * 100;
  return [
    ...(busiestHour !== null && percent > 100 - quotaPercent
      ? [
          `the hour of ${busiestHour.hour.slice(0, 13).replace('T', ' ')}:00 UTC took ${percent.toFixed(1)} % of the hour's quota: ` +
            `less than ALERT_QUOTA_PERCENT (${quotaPercent} %) was left`,
        ]
      : []),
    ...(left < quotaPercent ? [`only ${left.toFixed(1)} % of this hour's quota is left`] : []),
    ...(failed > MOST_FAILED.percent && totals.calls >= MOST_FAILED.of
      ? [`${failed.toFixed(0)} % of the calls failed: api_calls.log tells why`]
      : []),
  ];
}

function formatDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
