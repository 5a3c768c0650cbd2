import { formatBar } from '../../lib/bar.ts';
import { formatDuration } from '../../lib/duration.ts';
import { formatSize } from '../../lib/size.ts';
import { formatTable } from '../../lib/table.ts';
import type { UsageGrouping, Usage, UsageRow } from './read.ts';

/** Characters of the longest bar in the chart. */
const MAX_WIDTH = 24;

/** Formats the report for people; times are UTC. */
export function formatUsage(usage: Usage): string {
  const { rows, sources } = usage;
  if (rows.length === 0 && sources.length === 0) return `no calls since ${usage.from}`;
  return [...(rows.length === 0 ? [] : formatFeed(usage)), ...formatSources(usage, rows.length > 0)].join(
    '\n',
  );
}

function formatFeed(usage: Usage): string[] {
  return [
    ...formatChart(usage),
    '',
    formatTotals(usage),
    ...formatQuota(usage),
    ...formatMonth(usage),
    ...usage.warnings.map((warning) => `warning: ${warning}`),
  ];
}

/** Sources beside the feed: no quota of ours counts their calls. */
function formatSources({ sources, from }: Usage, isBelow: boolean): string[] {
  if (sources.length === 0) return [];
  const lines = sources.map((each) => [
    each.source,
    ...[each.calls, each.files, each.signIns, each.failed].map((count) => count.toLocaleString('en')),
    formatSize(each.bytes),
  ]);
  const head = ['source', 'calls', 'files', 'sign-ins', 'failed', 'size'];
  return [
    ...(isBelow ? [''] : []),
    `other sources, since ${from}:`,
    ...formatTable([head, ...lines], new Set([1, 2, 3, 4, 5])),
  ];
}

/** Formats the rows as comma-separated values with a header (RFC 4180). */
export function formatUsageAsCsv({ rows, by }: Usage): string {
  const names = [...COLUMNS[by], 'calls', 'failed', 'bytes', 'ms', 'cost'];
  return [names, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))]
    .map((row) => row.map(quoteCsv).join(','))
    .join('\n');
}

function quoteCsv(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The columns that identify a row. */
const COLUMNS: Readonly<Record<UsageGrouping, readonly string[]>> = {
  day: ['day'],
  resource: ['resource', 'kind'],
  run: ['run', 'mode', 'status', 'start'],
};

function formatChart({ by, rows, month }: Usage): string[] {
  const most = Math.max(...rows.map(({ calls }) => calls));
  const hasCost = rows.some(({ cost }) => cost > 0) || month.cost > 0;
  const columns = COLUMNS[by];
  const head = [...columns, 'calls', 'failed', 'size', 'per call', ...(hasCost ? ['cost'] : []), ''];
  const lines = rows.map((row) => [
    ...columns.map((name) => formatCell(row, name)),
    row.calls.toLocaleString('en'),
    row.failed.toLocaleString('en'),
    formatSize(row.bytes),
    row.calls === 0 ? '' : formatDuration(row.ms / row.calls),
    ...(hasCost ? [formatMoney(row.cost)] : []),
    formatBar(row.calls, most, MAX_WIDTH),
  ]);
  const right = Array.from({ length: hasCost ? 5 : 4 }, (_, index) => columns.length + index);
  return formatTable([head, ...lines], new Set(right));
}

const NAMES: Readonly<Record<string, string>> = { token: 'sign-in', file: 'file' };

function formatCell(row: UsageRow, name: string): string {
  const value = row[name];
  if (name === 'run' && value === 0) return 'none';
  if (name === 'start') return String(value ?? '').slice(0, 19);
  return NAMES[String(value)] ?? String(value ?? '');
}

function formatTotals({ totals, from, signIns, files }: Usage): string {
  const beside = [
    ...(signIns > 0 ? [pluralize(signIns, 'sign-in')] : []),
    ...(files > 0 ? [pluralize(files, 'file')] : []),
  ];
  return (
    `since ${from}: ${pluralize(totals.calls, 'call')}, ${totals.failed.toLocaleString('en')} of them failed, ` +
    `${formatSize(totals.bytes)}${beside.length > 0 ? `; also ${beside.join(' and ')}` : ''}`
  );
}

function formatQuota({ quota }: Usage): string[] {
  const { hourLimit, hourLeft, busiestHour } = quota;
  if (hourLimit === null) return ['quota: unknown'];
  const now = hourLeft === null ? '' : `, ${hourLeft.toLocaleString('en')} left this hour`;
  const most =
    busiestHour === null
      ? ''
      : `; the busiest hour (${busiestHour.hour.slice(0, 13).replace('T', ' ')}:00) took ${busiestHour.calls.toLocaleString('en')}, ` +
        `${(busiestHour.percent ?? 0).toFixed(1)} %`;
  return [`quota: ${hourLimit.toLocaleString('en')} an hour${now}${most}`];
}

function formatMonth({ month, at }: Usage): string[] {
  const hasCost = month.expectedCost > 0;
  const fee = month.fee > 0 ? `, with the fee of ${formatMoney(month.fee)}` : '';
  const so = `${pluralize(month.calls, 'call')}${hasCost ? `, ${formatMoney(month.cost)}` : ''}`;
  const then = `${pluralize(month.expectedCalls, 'call')}${hasCost ? `, ${formatMoney(month.expectedCost)}` : ''}`;
  return [`${at.slice(0, 7)}: ${so} so far; ${then} at the pace of the last seven days${fee}`];
}

function pluralize(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

function formatMoney(amount: number): string {
  return amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
