import { describe, expect, test } from 'vitest';
import type { Usage } from '../../../src/commands/usage/read.ts';
import { formatUsageAsCsv, formatUsage } from '../../../src/commands/usage/format.ts';

const counts = { calls: 200, failed: 2, bytes: 3 * 1024 * 1024, ms: 50_000, cost: 0.9 };

const usage: Usage = {
  at: '2026-03-19T12:30:00.000Z',
  from: '2026-03-18',
  by: 'day',
  rows: [
    { day: '2026-03-18', ...counts },
    { day: '2026-03-19', calls: 50, failed: 0, bytes: 900, ms: 0, cost: 0.225 },
    { day: '2026-03-20', calls: 0, failed: 0, bytes: 0, ms: 0, cost: 0 },
  ],
  totals: { ...counts, calls: 250, cost: 1.125 },
  signIns: 1,
  files: 0,
  sources: [],
  quota: {
    hourLimit: 7200,
    hourLeft: 7000,
    busiestHour: { hour: '2026-03-18T03:00:00.000Z', calls: 180, percent: 2.5 },
  },
  month: { calls: 4000, cost: 68, fee: 50, expectedCalls: 6500, expectedCost: 79.25 },
  warnings: ['only 9 % of this hour’s quota is left'],
};

describe('for people', () => {
  test('each line has a bar; the highest count has the longest', () => {
    expect(formatUsage(usage).split('\n')).toEqual([
      'day         calls  failed       size  per call  cost',
      `2026-03-18    200       2     3.0 MB    250 ms  0.90  ${'█'.repeat(24)}`.replace('3.0', '  3'),
      `2026-03-19     50       0  900 bytes      0 ms  0.23  ${'█'.repeat(6)}`,
      '2026-03-20      0       0    0 bytes            0.00',
      '',
      'since 2026-03-18: 250 calls, 2 of them failed, 3 MB; also 1 sign-in',
      'quota: 7,200 an hour, 7,000 left this hour; the busiest hour (2026-03-18 03:00) took 180, 2.5 %',
      '2026-03: 4,000 calls, 68.00 so far; 6,500 calls, 79.25 at the pace of the last seven days, with the fee of 50.00',
      'warning: only 9 % of this hour’s quota is left',
    ]);
  });

  test('other sources are below the feed, or alone', () => {
    const sources = [
      { source: 'hcad', calls: 0, files: 12, signIns: 0, failed: 1, bytes: 1024 ** 3, ms: 5 },
      { source: 'permits', calls: 1200, files: 0, signIns: 2, failed: 0, bytes: 2048, ms: 5 },
    ];
    const table = [
      'other sources, since 2026-03-18:',
      'source   calls  files  sign-ins  failed  size',
      'hcad         0     12         0       1  1 GB',
      'permits  1,200      0         2       0  2 KB',
    ];
    expect(
      formatUsage({ ...usage, sources })
        .split('\n')
        .slice(-5),
    ).toEqual(['', ...table]);
    expect(formatUsage({ ...usage, rows: [], sources })).toBe(table.join('\n'));
  });

  test('without prices there is no word of costs', () => {
    const free = {
      ...usage,
      rows: usage.rows.map((row) => ({ ...row, cost: 0 })),
      month: { ...usage.month, cost: 0, fee: 0, expectedCost: 0 },
    };
    expect(formatUsage(free)).not.toMatch(/cost|fee|\d\.\d\d\b/);
    expect(formatUsage(free)).toContain('2026-03: 4,000 calls so far; 6,500 calls at the pace');
  });

  test('labels calls without a run, a resource or a quota', () => {
    const byRun = formatUsage({
      ...usage,
      by: 'run',
      rows: [{ run: 0, mode: null, status: null, start: null, ...counts }],
    });
    expect(byRun).toMatch(/^none /m);
    const byResource = formatUsage({
      ...usage,
      by: 'resource',
      rows: [{ resource: '', kind: 'token', ...counts }],
      quota: { hourLimit: null, hourLeft: null, busiestHour: null },
    });
    expect(byResource).toMatch(/^ +sign-in +200 /m);
    expect(byResource).toContain('quota: unknown');
  });

  test('no calls are one line', () => {
    expect(formatUsage({ ...usage, rows: [] })).toBe('no calls since 2026-03-18');
  });
});

describe('for spreadsheets', () => {
  test('a head, then the numbers as they are', () => {
    expect(formatUsageAsCsv(usage)).toBe(
      'day,calls,failed,bytes,ms,cost\n' +
        '2026-03-18,200,2,3145728,50000,0.9\n' +
        '2026-03-19,50,0,900,0,0.225\n' +
        '2026-03-20,0,0,0,0,0',
    );
  });

  test('a cell with a comma or a quote is quoted', () => {
    const odd = { ...usage, by: 'resource' as const, rows: [{ resource: 'a,"b"', kind: 'data', ...counts }] };
    expect(formatUsageAsCsv(odd).split('\n')[1]).toBe('"a,""b""",data,200,2,3145728,50000,0.9');
  });
});
