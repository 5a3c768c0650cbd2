import { hasTables } from '../../record/tables.ts';
import type { Database } from '../../db/pool.ts';
import { DAY_MS } from '../../lib/time.ts';
import type { QuotaLeft } from '../../http/quota-left.ts';
import { FIRST_SOURCE } from '../../model/first-source.ts';
import type { CallKind } from '../../model/usage.ts';
import {
  type CallSums,
  readCallsByHour,
  readCallsByResource,
  readCallsByRun,
  readCallsOfOthers,
  readFirstHour,
  type HourUsage,
  type SourceUsage,
} from '../../record/api-usage.ts';
import { calculateCost, type MonthForecast, forecastMonth, type Price } from '../../run/forecast.ts';

export type UsageGrouping = 'day' | 'resource' | 'run';

/** A line of the report: its group and its calls. Sign-ins and files cost 0. */
export type UsageRow = Readonly<Record<string, string | number | null>> &
  CallSums & { readonly cost: number };

export type Usage = {
  readonly at: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly from: string;
  readonly by: UsageGrouping;
  readonly rows: readonly UsageRow[];
  /** Calls that the quota counts. */
  readonly totals: CallSums & { readonly cost: number };
  /** Calls that it does not count. */
  readonly signIns: number;
  readonly files: number;
  /** Calls of county files and items: they have no quota and no price here. */
  readonly sources: readonly SourceCalls[];
  readonly quota: {
    /** Null: unknown. */
    readonly hourLimit: number | null;
    /** Null: the hour for which it was reported is over. */
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

/** The calls of one source beside the feed. `failed`, `bytes` and `ms` are those of all kinds together. */
export type SourceCalls = CallSums & {
  readonly source: string;
  /** Downloads, which `calls` does not have. */
  readonly files: number;
  readonly signIns: number;
};

/** `days` includes today. */
export type UsageRequest = { readonly days: number; readonly by: UsageGrouping };

/** What a report needs beside the database. */
export type UsageFacts = {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** As the API last reported it. */
  readonly quota: QuotaLeft | undefined;
  readonly price: Price;
  /** Minimum share of the hour's quota, in percent. */
  readonly quotaPercent: number;
};

/** Media files have a separate quota; sign-ins have none. */
const METERED: ReadonlySet<CallKind> = new Set(['data', 'census']);

/** Dates have a limit. */
const MAX_DAYS = 36_500;

/** Reads the calls and derives the report. Reads the database only. */
export async function readUsage(
  database: Database,
  { days, by }: UsageRequest,
  { now, quota: reported, price, quotaPercent }: UsageFacts,
): Promise<Usage> {
  const from = Math.floor(now / DAY_MS) * DAY_MS - (Math.min(days, MAX_DAYS) - 1) * DAY_MS;
  const tablesExist = await hasTables(database);
  // The month's pace needs its first day and the last seven.
  const all = tablesExist
    ? await readCallsByHour(database, FIRST_SOURCE, Math.min(from, now - 31 * DAY_MS))
    : [];
  const first = tablesExist ? await readFirstHour(database, FIRST_SOURCE) : undefined;
  const hours = all.filter(({ hour }) => hour >= from);
  const metered = hours.filter(({ kind }) => METERED.has(kind));
  const totals = sumCalls(metered);
  const hour = reported?.hour;
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
    rows: tablesExist ? await readRows(by, database, hours, from, price) : [],
    totals: { ...totals, cost: calculateCost(totals.calls, price) },
    signIns: sumCalls(hours.filter(({ kind }) => kind === 'token')).calls,
    files: sumCalls(hours.filter(({ kind }) => kind === 'file')).calls,
    sources: tablesExist ? groupBySource(await readCallsOfOthers(database, FIRST_SOURCE, from)) : [],
    quota,
    month: forecastMonth(sumByHour(all.filter(({ kind }) => METERED.has(kind))), first, now, price),
    warnings: listWarnings(totals, quota, quotaPercent),
  };
}

async function readRows(
  by: UsageGrouping,
  database: Database,
  hours: readonly HourUsage[],
  from: number,
  price: Price,
): Promise<UsageRow[]> {
  if (by === 'day') return groupByDay(hours, price);
  if (by === 'resource') {
    const rows = await readCallsByResource(database, FIRST_SOURCE, from);
    return rows.map((row) => ({ ...row, cost: METERED.has(row.kind) ? calculateCost(row.calls, price) : 0 }));
  }
  const rows = (await readCallsByRun(database, FIRST_SOURCE, from)).filter(({ kind }) => METERED.has(kind));
  const runs = [...new Set(rows.map(({ run }) => run))];
  return runs.map((run) => {
    const own = rows.filter((row) => row.run === run);
    const { mode, status, start } = own[0]!;
    const sums = sumCalls(own);
    return { run, mode, status, start, ...sums, cost: calculateCost(sums.calls, price) };
  });
}

/** Groups by day, from the first to the last day with calls; days without calls are included. */
function groupByDay(hours: readonly HourUsage[], price: Price): UsageRow[] {
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

function groupBySource(rows: readonly SourceUsage[]): SourceCalls[] {
  return [...new Set(rows.map(({ source }) => source))].map((source) => {
    const own = rows.filter((row) => row.source === source);
    const callsOf = (...kinds: readonly CallKind[]): number =>
      sumCalls(own.filter(({ kind }) => kinds.includes(kind))).calls;
    return {
      source,
      ...sumCalls(own),
      calls: callsOf('data', 'census'),
      files: callsOf('file'),
      signIns: callsOf('token'),
    };
  });
}

function sumCalls(rows: readonly CallSums[]): CallSums {
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

function sumByHour(rows: readonly HourUsage[]): { hour: number; calls: number }[] {
  const sums = new Map<number, number>();
  for (const { hour, calls } of rows) sums.set(hour, (sums.get(hour) ?? 0) + calls);
  return [...sums].map(([hour, calls]) => ({ hour, calls }));
}

function findBusiestHour(rows: readonly HourUsage[], limit: number | null): Usage['quota']['busiestHour'] {
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

/** Failed calls cost money too. A higher share is reported, if there are enough calls. */
const MAX_FAILED_PERCENT = 5;
const MIN_CALLS = 20;

function listWarnings(totals: CallSums, quota: Usage['quota'], quotaPercent: number): string[] {
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
    ...(failed > MAX_FAILED_PERCENT && totals.calls >= MIN_CALLS
      ? [`${failed.toFixed(0)} % of the calls failed: api_calls.log has the reasons`]
      : []),
  ];
}

function formatDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
