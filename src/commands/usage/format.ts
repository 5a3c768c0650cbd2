import { formatBar } from '../../lib/bar.ts';
import { formatDuration } from '../../lib/duration.ts';
import { formatSize } from '../../lib/size.ts';
import { formatTable } from '../../lib/table.ts';
import type { By, Usage, UsageRow } from './read.ts';

/** Characters of the longest bar. */
const WIDTH = 24;

/** The report as a person reads it; times are UTC. */
export function formatUsage(usage: Usage): string {
  if (usage.rows.length === 0) return `no calls since ${usage.from}`;
  return [
    ...chart(usage),
    '',
    totalsLine(usage),
    ...quotaLines(usage),
    ...monthLines(usage),
    ...usage.warnings.map((warning) => `warning: ${warning}`),
  ].join('\n');
}

/** The rows as comma-separated values, with a head (RFC 4180). */
export function formatUsageAsCsv({ rows, by }: Usage): string {
  const names = [...COLUMNS[by], 'calls', 'failed', 'bytes', 'ms', 'cost'];
  return [names, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))]
    .map((row) => row.map(quoted).join(','))
    .join('\n');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What each row is about. */
const COLUMNS: Readonly<Record<By, readonly string[]>> = {
  day: ['day'],
  resource: ['resource', 'kind'],
  run: ['run', 'mode', 'status', 'start'],
};

function chart({ by, rows, month }: Usage): string[] {
  const most = Math.max(...rows.map(({ calls }) => calls));
  const hasCost = rows.some(({ cost }) => cost > 0) || month.cost > 0;
  const about = COLUMNS[by];
  const head = [...about, 'calls', 'failed', 'size', 'a call', ...(hasCost ? ['cost'] : []), ''];
  const lines = rows.map((row) => [
    ...about.map((name) => cell(row, name)),
    row.calls.toLocaleString('en'),
    row.failed.toLocaleString('en'),
    formatSize(row.bytes),
    row.calls === 0 ? '' : formatDuration(row.ms / row.calls),
    ...(hasCost ? [money(row.cost)] : []),
    formatBar(row.calls, most, WIDTH),
  ]);
  const right = Array.from({ length: hasCost ? 5 : 4 }, (_, index) => about.length + index);
  return formatTable([head, ...lines], new Set(right));
}

const NAMES: Readonly<Record<string, string>> = { token: 'sign-in', file: 'media file' };

function cell(row: UsageRow, name: string): string {
  const value = row[name];
  if (name === 'run' && value === 0) return 'none';
  if (name === 'start') return String(value ?? '').slice(0, 19);
  return NAMES[String(value)] ?? String(value ?? '');
}

function totalsLine({ totals, from, signIns, files }: Usage): string {
  const beside = [
    ...(signIns > 0 ? [several(signIns, 'sign-in')] : []),
    ...(files > 0 ? [several(files, 'media file')] : []),
  ];
  return (
    `since ${from}: ${several(totals.calls, 'call')}, ${totals.failed.toLocaleString('en')} of them failed, ` +
    `${formatSize(totals.bytes)}${beside.length > 0 ? `; beside them ${beside.join(' and ')}` : ''}`
  );
}

function quotaLines({ quota }: Usage): string[] {
  const { hourLimit, hourLeft, busiestHour } = quota;
  if (hourLimit === null) return ['quota: not known yet'];
  const now = hourLeft === null ? '' : `, ${hourLeft.toLocaleString('en')} left this hour`;
  const most =
    busiestHour === null
      ? ''
      : `; the busiest hour (${busiestHour.hour.slice(0, 13).replace('T', ' ')}:00) took ${busiestHour.calls.toLocaleString('en')}, ` +
        `${(busiestHour.percent ?? 0).toFixed(1)} %`;
  return [`quota: ${hourLimit.toLocaleString('en')} an hour${now}${most}`];
}

function monthLines({ month, at }: Usage): string[] {
  const hasCost = month.expectedCost > 0;
  const fee = month.fee > 0 ? `, with the fee of ${money(month.fee)}` : '';
  const so = `${several(month.calls, 'call')}${hasCost ? `, ${money(month.cost)}` : ''}`;
  const then = `${several(month.expectedCalls, 'call')}${hasCost ? `, ${money(month.expectedCost)}` : ''}`;
  return [`${at.slice(0, 7)}: ${so} so far; ${then} at the pace of the last seven days${fee}`];
}

function several(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

function money(amount: number): string {
  return amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
