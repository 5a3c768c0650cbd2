import { describe, expect, test } from 'vitest';
import type { Checkpoint, ItemBatch } from '../../../../src/sources/items.ts';
import { apiEntry } from '../../../../src/sources/items/api/settings.ts';
import { findSince } from '../../../../src/sources/items/api/since.ts';
import { checkpoint, keysOf, notes, openApi, readAll, type Setting } from './api-server.ts';

const HOUR_MS = 3_600_000;

type Row = { readonly id: unknown; readonly at?: unknown };

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A server that filters by `since` as most do, and sends two rows a page. */
function open(rows: readonly Row[], since: object = {}, size = 2): Promise<Setting> {
  return openApi(
    { page: { number: 'page' }, since: { field: 'at', param: 'since', ...since } },
    ({ query }) => {
      const newer = rows.filter(({ at }) => !query['since'] || text(at) >= query['since']);
      const from = (Number(query['page']) - 1) * size;
      return { body: newer.slice(from, from + size) };
    },
  );
}

const isWhole = (batches: readonly ItemBatch[]): boolean => batches.at(-1)!.end!.isWhole;
const lastOf = (batches: readonly ItemBatch[]): Checkpoint => batches.at(-1)!.checkpoint;
const valuesOf = (batches: readonly ItemBatch[]): (string | null)[] =>
  batches.map((batch) => batch.checkpoint.value);
const warningsOf = (batches: readonly ItemBatch[]): string[] => batches.flatMap(({ warnings }) => warnings);
const sinceOf = ({ server }: Setting): (string | undefined)[] =>
  server.asked.map(({ query }) => query['since']);

/** The parameter of a read from a checkpoint. */
function find(settings: object, value: string | null): string | undefined {
  const since = { field: 'f', param: 'p', ...settings };
  return findSince(apiEntry.parse({ url: 'http://a', item: {}, since }).since!, value);
}

describe('the parameter', () => {
  test.each([
    ['pitfall 15: ten minutes before the checkpoint', {}, '2026-01-02T00:05:00Z', '2026-01-01T23:55:00Z'],
    ['with a fraction', {}, '2026-01-02T00:05:00.250Z', '2026-01-01T23:55:00.250Z'],
    ['pitfall 10: an offset becomes UTC', {}, '2026-01-02T00:05:00-05:00', '2026-01-02T04:55:00Z'],
    ['pitfall 10: no zone stays without one', {}, '2026-01-02 00:05:00', '2026-01-01 23:55:00'],
    ['pitfall 10: a day is a whole day earlier', { format: 'date' }, '2026-03-01', '2026-02-28'],
    ['pitfall 10: also for a time', { format: 'date' }, '2026-03-01T04:00:00Z', '2026-02-28'],
    ['a longer overlap than a day', { format: 'date', overlap: '30d' }, '2026-03-31', '2026-03-01'],
    [
      'pitfall 9: never a second later',
      { overlap: '0s' },
      '2026-01-02T00:05:00.123456Z',
      '2026-01-02T00:05:00.123456Z',
    ],
    ['seconds', { format: 'unix', overlap: '60s' }, '1700000060.9', '1700000000'],
    ['milliseconds', { format: 'unix_ms', overlap: '60s' }, '1700000060000', '1700000000000'],
    ['an id has no overlap', { format: 'id' }, '1042', '1042'],
    ['the first read begins with start', { start: '2020-01-01' }, null, '2020-01-01'],
    ['or without the parameter', {}, null, undefined],
  ])('%s', (_, settings, value, expected) => {
    expect(find(settings, value)).toBe(expected);
  });

  test('is set in the template of value', async () => {
    const since = { field: 'at', param: '$where', value: "at >= '{since}'", start: '2026-01-01' };
    const setting = await openApi({ since }, () => ({ body: [] }));
    await readAll(setting);
    expect(setting.server.asked[0]!.query).toEqual({ $where: "at >= '2026-01-01'" });
  });
});

test('pitfall 8: records with the time of the checkpoint are read again, so none of them is lost', async () => {
  const rows = [
    { id: 1, at: '2026-01-01T00:00:00Z' },
    { id: 2, at: '2026-01-01T00:00:05Z' },
  ];
  const setting = await open(rows, { overlap: '0s' });
  const first = lastOf(await readAll(setting));
  expect(first.value).toBe('2026-01-01T00:00:05Z');
  rows.push({ id: 3, at: '2026-01-01T00:00:05Z' });
  expect(keysOf(await readAll(setting, first))).toEqual(['2', '3']);
});

test('pitfall 15: the overlap counts from the checkpoint: a record that appears late is found', async () => {
  const rows = [{ id: 1, at: '2026-01-01T10:00:00Z' }];
  const setting = await open(rows);
  const first = lastOf(await readAll(setting));
  setting.clock.pass(5 * HOUR_MS);
  rows.push({ id: 2, at: '2026-01-01T09:55:00Z' });
  expect(keysOf(await readAll(setting, first))).toEqual(['1', '2']);
  expect(sinceOf(setting).at(-1)).toBe('2026-01-01T09:50:00Z');
});

describe('pitfall 11: records without a time', () => {
  test('are read, do not end paging, do not move the checkpoint, and are counted', async () => {
    const rows: Row[] = [
      { id: 1, at: null },
      { id: 2 },
      { id: 3, at: '2026-01-01T00:00:00Z' },
      { id: 4, at: 'soon' },
    ];
    const batches = await readAll(await open(rows));
    expect(keysOf(batches)).toEqual(['1', '2', '3', '4']);
    expect(lastOf(batches).value).toBe('2026-01-01T00:00:00Z');
    expect(warningsOf(batches)).toEqual([
      '3 of 4 records have no readable at: they do not move the checkpoint',
    ]);
  });

  test('pitfall 23: if none of many has one, the checkpoint stays, and that is reported', async () => {
    const rows = notes(1, 30).map(({ id }) => ({ id, changed: '2026-01-01T00:00:00Z' }));
    const stored = checkpoint({ value: '2025-06-01T00:00:00Z' });
    const setting = await openApi({ since: { field: 'at', param: 'since' } }, () => ({ body: rows }));
    const batches = await readAll(setting, stored);
    expect([keysOf(batches).length, lastOf(batches).value]).toEqual([30, '2025-06-01T00:00:00Z']);
    expect(warningsOf(batches)).toEqual(
      expect.arrayContaining([expect.stringContaining('none of 30 records')]),
    );
    expect(batches[0]!.records[0]!.missing).toEqual(['title']);
  });

  test('a time in the future does not move the checkpoint either', async () => {
    const rows = [
      { id: 1, at: '2026-01-01T00:00:00Z' },
      { id: 2, at: '2099-01-01T00:00:00Z' },
    ];
    const batches = await readAll(await open(rows));
    expect(lastOf(batches).value).toBe('2026-01-01T00:00:00Z');
    expect(warningsOf(batches)).toEqual(['1 of 2 records have a future at: they do not move the checkpoint']);
  });
});

describe('pitfall 12: the checkpoint within a read', () => {
  const sorted = notes(1, 6);
  const times = sorted.map(({ at }) => at);

  test('moves with each page if the order is asc and the pages prove it', async () => {
    const batches = await readAll(await open(sorted, { order: 'asc' }));
    expect(valuesOf(batches)).toEqual([times[1], times[3], times[5], times[5]]);
    expect(warningsOf(batches)).toEqual([]);
  });

  test.each(['none', 'desc'])('moves at the end if the order is %s', async (order) => {
    const batches = await readAll(await open(sorted.toReversed(), { order }));
    expect(valuesOf(batches)).toEqual([null, null, null, times[5]]);
  });

  test('stays, and goes back, if the pages are not in the order that is configured', async () => {
    const rows = [0, 1, 4, 5, 2, 3].map((n) => sorted[n]!);
    const batches = await readAll(await open(rows, { order: 'asc' }));
    expect(valuesOf(batches)).toEqual([times[1], times[5], null, times[5]]);
    expect(warningsOf(batches)).toEqual([expect.stringContaining('records are not sorted by at')]);
  });

  test('goes back to where the read began, also after it was resumed', async () => {
    const rows = [0, 1, 4, 5, 2, 3].map((n) => sorted[n]!);
    const setting = await open(rows, { order: 'asc' });
    const stored = checkpoint({ value: '2025-01-01T00:00:00.000Z' });
    const [, second] = await readAll(setting, stored);
    expect(second!.checkpoint.value).toBe(times[5]);
    const resumed = await readAll(setting, second!.checkpoint);
    expect(valuesOf(resumed)).toEqual([stored.value, times[5]]);
  });

  test('does not move with equal times: they prove no order', async () => {
    const rows = ['b', 'c', 'a', 'd'].map((id, n) => ({ id, at: `2026-01-01T00:00:0${n < 2 ? 5 : 1}Z` }));
    expect(valuesOf(await readAll(await open(rows, { order: 'asc' })))[0]).toBeNull();
  });

  test('the page is kept for 24 hours; a later run begins again', async () => {
    const setting = await open(sorted);
    const [, second] = await readAll(setting);
    const before = setting.server.asked.length;
    setting.clock.pass(23 * HOUR_MS);
    const resumed = await readAll(setting, second!.checkpoint);
    expect(keysOf(resumed)).toEqual(['5', '6']);
    expect(setting.server.asked[before]!.query).toEqual({ page: '3' });
    expect(resumed[0]!.place).toBe('page 3: 2 records');
    expect(lastOf(resumed).value).toBe(times[5]);
    setting.clock.pass(2 * HOUR_MS);
    expect(keysOf(await readAll(setting, second!.checkpoint))).toHaveLength(6);
  });

  test.each([400, 404, 410])(
    'if the cursor of an interrupted read expired (%i), the read begins again',
    async (status) => {
      let isExpired = false;
      const setting = await openApi({ page: { cursor: 'next', param: 'c' } }, ({ query }) => {
        if (query['c'] === undefined) return { body: { data: notes(1, 2), next: 'b' } };
        return isExpired ? { status } : { body: { data: notes(3, 4) } };
      });
      const [first] = await readAll(setting);
      isExpired = true;
      const batches: ItemBatch[] = [];
      const options = { checkpoint: first!.checkpoint, always: false };
      for await (const batch of setting.reader.read(options, new AbortController().signal)) {
        batches.push(batch);
        isExpired = false;
      }
      expect(keysOf(batches)).toEqual(['1', '2', '3', '4']);
      expect(warningsOf(batches)).toEqual([expect.stringContaining('begins again')]);
      expect(batches.at(-1)!.end).toEqual({ outcome: 'read', isWhole: true });
    },
  );

  test('a page that is gone within a read is a failure, not the end of the source', async () => {
    const setting = await openApi({ page: { cursor: 'next', param: 'c' } }, ({ query }) =>
      query['c'] === undefined ? { body: { data: notes(1, 2), next: 'b' } } : { status: 410 },
    );
    await expect(readAll(setting)).rejects.toThrow('notes: page 2 is gone (410)');
  });

  test('a resumed read has the parameter that it began with, and knows the greatest time of the pages before', async () => {
    const stored = checkpoint({ value: times[1]! });
    const setting = await open(sorted.toReversed(), { overlap: '0s' });
    const [first] = await readAll(setting, stored);
    expect(keysOf([first!])).toEqual(['6', '5']);
    const resumed = await readAll(setting, first!.checkpoint);
    expect(new Set(sinceOf(setting))).toEqual(new Set([times[1]]));
    expect([keysOf(resumed), lastOf(resumed).value]).toEqual([['4', '3', '2'], times[5]]);
  });
});

test('pitfall 13: a resumed read and one with a parameter are not whole: nothing is deleted by them', async () => {
  const rows = notes(1, 6);
  const setting = await openApi({ page: { offset: 'skip' } }, ({ query }) => ({
    body: rows.slice(Number(query['skip']), Number(query['skip']) + 2),
  }));
  const batches = await readAll(setting);
  expect(isWhole(batches)).toBe(true);
  expect(isWhole(await readAll(setting, batches[0]!.checkpoint))).toBe(false);
  const incremental = await open(rows);
  const first = await readAll(incremental);
  expect([isWhole(first), isWhole(await readAll(incremental, lastOf(first)))]).toEqual([true, false]);
  expect(isWhole(await readAll(await open(rows, { start: '2020-01-01T00:00:00Z' })))).toBe(false);
});

test('pitfall 14: an empty answer keeps the checkpoint, and is reported as a read of no records', async () => {
  const stored = checkpoint({ value: '2026-01-01T00:00:00Z' });
  const batches = await readAll(await open([]), stored);
  expect(batches).toHaveLength(1);
  expect(batches[0]).toMatchObject({ records: [], end: { outcome: 'read', isWhole: false } });
  expect(lastOf(batches)).toEqual(stored);
});

describe('fault 4: ids', () => {
  test('are compared as numbers, of any length', async () => {
    const rows = ['9', '10', '100', '99'].map((id) => ({ id, at: id }));
    const setting = await openApi({ since: { field: 'id', param: 'after', format: 'id' } }, () => ({
      body: rows,
    }));
    const last = lastOf(await readAll(setting));
    expect([last.kind, last.value]).toEqual(['id', '100']);
    const big = await openApi({ since: { field: 'id', param: 'after', format: 'id' } }, () => ({
      body: '[{"id":9007199254740993},{"id":9007199254740992},{"id":12345678901234567890}]',
      headers: { 'content-type': 'application/json' },
    }));
    expect(lastOf(await readAll(big)).value).toBe('12345678901234567890');
  });

  test.each([
    [['b2', 'c1', 'a9'], 'c1'],
    [['zz', 'abc', 'ab'], 'ab'],
  ])('%j as text of the same length, else in the order of the server: %s', async (ids, expected) => {
    const setting = await openApi({ since: { field: 'id', param: 'after', format: 'id' } }, () => ({
      body: ids.map((id) => ({ id })),
    }));
    expect(lastOf(await readAll(setting)).value).toBe(expected);
  });
});
