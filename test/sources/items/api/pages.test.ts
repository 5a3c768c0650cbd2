import { describe, expect, test } from 'vitest';
import { ConfigError, FatalError } from '../../../../src/errors.ts';
import { createLoopGuard } from '../../../../src/sources/items/api/loop-guard.ts';
import { findNextLink } from '../../../../src/sources/items/api/pages/link.ts';
import { resolveNext } from '../../../../src/sources/items/api/pages/resolve-next.ts';
import type { Reply } from '../../../helpers/scripted-server.ts';
import { checkpoint, keysOf, notes, openApi, readAll, type Setting } from './api-server.ts';

const sent = ({ server }: Setting): string[] => server.asked.map(({ target }) => target);
const warningsOf = (batches: Awaited<ReturnType<typeof readAll>>): string[] =>
  batches.flatMap(({ warnings }) => warnings);

describe('the end of a list', () => {
  test('pitfall 1: a page that is shorter than requested is not the last: only an empty one is', async () => {
    const pages = [notes(1, 2), notes(3, 5), notes(6, 6), []];
    const page = { number: 'page', size: 5, size_param: 'limit' };
    const setting = await openApi({ page }, ({ query }) => ({ body: pages[Number(query['page']) - 1] }));
    const batches = await readAll(setting);
    expect(keysOf(batches)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(sent(setting)).toEqual([1, 2, 3, 4].map((n) => `/list?limit=5&page=${n}`));
    expect(batches.at(-1)!.end).toEqual({ outcome: 'read', isWhole: true });
  });

  test.each([
    [{ more: 'meta.more' }, (last: boolean) => ({ more: !last })],
    [{ more: 'meta.more' }, (last: boolean) => ({ more: last ? 'false' : 'true' })],
    [{ total: 'meta.count' }, () => ({ count: 4 })],
    [{ total: 'meta.count' }, () => ({ count: '4' })],
  ])(
    'pitfall 1: with %j the server reports which page is the last, and no request follows',
    async (end, meta) => {
      const page = { offset: 'skip', ...end };
      const setting = await openApi({ page, query: { sort: 'id' } }, ({ query }) => {
        const from = Number(query['skip']);
        return { body: { data: notes(from + 1, from + 2), meta: meta(from === 2) } };
      });
      expect(keysOf(await readAll(setting))).toEqual(['1', '2', '3', '4']);
      expect(setting.server.asked).toHaveLength(2);
    },
  );

  test('pitfall 2: the offset counts what the server sent, also records that cannot be items', async () => {
    const pages: Record<string, unknown> = {
      0: [{ id: 1, title: 'a' }, { title: 'without an id' }, 'text'],
      3: [{ id: 4, title: 'd' }],
      4: [],
    };
    const page = { offset: 'skip' };
    const setting = await openApi({ page }, ({ query }) => ({ body: pages[query['skip']!] }));
    const records = (await readAll(setting)).flatMap((batch) => batch.records);
    expect(records.map(({ item }) => item !== undefined)).toEqual([true, false, false, true]);
    expect(records[2]).toMatchObject({
      key: expect.stringMatching(/^no-id:[0-9a-f]{64}$/),
      error: 'the element of the list is not an object',
      payload: '"text"',
      place: 'page 1, record 3',
    });
    expect(sent(setting)).toEqual(['/list?skip=0', '/list?skip=3', '/list?skip=4']);
  });

  test.each([
    ['null', { data: null, next: 'still-there' }],
    ['nothing', { next: 'still-there' }],
    ['an empty list', { data: [], next: 'still-there' }],
  ])('pitfall 3: a cursor beside %s instead of a list ends the read', async (_, last) => {
    const setting = await openApi({ records: 'data', page: { cursor: 'next', param: 'c' } }, ({ query }) => ({
      body: query['c'] === undefined ? { data: notes(1, 2), next: 'c2' } : last,
    }));
    const batches = await readAll(setting);
    expect(keysOf(batches)).toEqual(['1', '2']);
    expect(batches.at(-1)).toMatchObject({
      records: [],
      end: { outcome: 'read' },
      place: 'page 2: 0 records',
    });
    expect([setting.server.asked.length, warningsOf(batches)]).toEqual([2, []]);
  });

  test('pitfall 3: 204 is an empty page', async () => {
    const setting = await openApi({ page: { number: 'page' } }, ({ query }) =>
      query['page'] === '1' ? { body: notes(1, 1) } : { status: 204 },
    );
    expect(keysOf(await readAll(setting))).toEqual(['1']);
  });

  test.each([
    [{ records: 'dta' }, { data: notes(1, 3), meta: 1 }, 'at dta: its keys are data, meta'],
    [{}, { notes: notes(1, 3) }, ': its keys are notes'],
    [{}, {}, ': it is empty'],
    [{ records: 'data' }, notes(1, 3), 'at data: it is the list itself'],
  ])('with %j, a first page without a list fails, and names what it has', async (settings, body, found) => {
    const error = await readAll(await openApi(settings, () => ({ body }))).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({
      message: expect.stringContaining(found),
      hint: expect.stringMatching(/^(?:set|remove) records of notes in sources\.yaml/),
    });
  });

  test.each([
    [{}, []],
    [{}, null],
    [{}, { data: [] }],
    [{}, { results: null }],
    [{ records: 'items || `[]`' }, { kind: 'list' }],
  ])('with %j, the empty list %j is read as such', async (settings, body) => {
    const batches = await readAll(await openApi(settings, () => ({ body })));
    expect(batches.map(({ records, warnings, end }) => [records, warnings, end])).toEqual([
      [[], [], { outcome: 'read', isWhole: true }],
    ]);
  });

  test.each([['*'], ['0'], ['']])('pitfall 4: the first request carries the cursor %j', async (first) => {
    const page = { cursor: 'next', param: 'cursor', first };
    const setting = await openApi({ page }, ({ query }) => ({
      body: query['cursor'] === first ? { data: notes(1, 2), next: 'n2' } : { data: notes(3, 3), next: null },
    }));
    expect(keysOf(await readAll(setting))).toEqual(['1', '2', '3']);
    expect(setting.server.asked[0]!.query).toEqual({ cursor: first });
  });

  test('pitfall 6: an offset begins with 0 and a page with 1, unless from is set', async () => {
    for (const [page, first] of [
      [{ offset: 'at' }, '0'],
      [{ number: 'at' }, '1'],
      [{ offset: 'at', from: '1' }, '1'],
      [{ number: 'at', from: '0' }, '0'],
    ] as const) {
      const setting = await openApi({ page }, () => ({ body: [] }));
      await readAll(setting);
      expect(setting.server.asked[0]!.query).toEqual({ at: first });
    }
  });
});

describe('pitfall 5: a list without an end', () => {
  test.each([
    ['the same page again and again', { number: 'page' }, /page 2 has the same records as page 1/],
    ['an offset that is clamped', { offset: 'skip' }, /page 2 has the same records as page 1/],
  ])('%s fails and names the page', async (_, page, message) => {
    const setting = await openApi({ page }, () => ({ body: notes(1, 3) }));
    const error = await readAll(setting).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(FatalError);
    expect(error).toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringContaining('notes'),
    });
    expect(setting.server.asked).toHaveLength(2);
  });

  test('cursors that lead in a circle, A → B → A, fail', async () => {
    let n = 0;
    const setting = await openApi({ page: { cursor: 'next', param: 'c' } }, ({ query }) => {
      n += 10;
      return { body: { data: notes(n, n + 1), next: query['c'] === 'A' ? 'B' : 'A' } };
    });
    await expect(readAll(setting)).rejects.toThrow('after page 3 the server leads back to page 2');
  });

  test('addresses that lead in a circle fail too', async () => {
    const setting = await openApi({ page: { next: 'next' } }, (_, n) => ({
      body: { data: notes(n, n), next: '/list?page=2' },
    }));
    await expect(readAll(setting)).rejects.toThrow('the server leads back to page 2');
  });

  test('there is a hard limit', () => {
    const guard = createLoopGuard('notes', 0, 3);
    for (const place of [1, 2, 3]) guard.checkPlace(place);
    expect(() => guard.checkPlace(4)).toThrow('notes: there are more than 3 pages');
  });
});

describe('addresses of next pages', () => {
  test('another origin receives no credentials, and must be public', async () => {
    const setting = await openApi({ page: { next: 'next' }, auth: { bearer: 'geheim' } }, () => ({
      body: { data: notes(1, 1), next: 'http://127.0.0.1:9/list' },
    }));
    await expect(readAll(setting)).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('127.0.0.1:9 is an address of a private network'),
    });
  });

  test.each([
    ['/b?p=2', 'https://a.test/b?p=2'],
    ['http://a.test/b', 'https://a.test/b'],
    ['?key=geheim&p=2', 'https://a.test/list?p=2'],
    ['https://me:secret@b.test/', 'https://b.test/'],
    ['file:///etc/passwd', undefined],
    ['https://[', undefined],
    [null, undefined],
    [7, undefined],
  ])('%s becomes %s', (found, expected) => {
    expect(resolveNext(found, 'https://a.test/list', 'key')).toBe(expected);
  });

  test.each([
    ['<https://a.test/?p=2>; rel="next"', 'https://a.test/?p=2'],
    ['<https://a.test/?a=1,2;b>; rel=next, <x>; rel="last"', 'https://a.test/?a=1,2;b'],
    ['<x>; rel="prev", </y>; title="a, b"; rel="last next"', '/y'],
    ['<x>; rel="nextish"', undefined],
    ['', undefined],
  ])('Link: %s has %s', (header, expected) => {
    expect(findNextLink(header)).toBe(expected);
  });
});

const openTwoPages = (
  page: object,
  last: Reply,
  more: object = {},
  settings: object = {},
): Promise<Setting> =>
  openApi({ records: 'data', page, ...settings }, (_, number) =>
    number === 1 ? { body: { data: notes(1, 2), next: 'c2', ...more } } : last,
  );
const endOf = (batches: Awaited<ReturnType<typeof readAll>>) => batches.at(-1)!.end;

describe('an empty page that may not be the end', () => {
  const since = { field: 'at', param: 'since' };
  const stored = checkpoint({ value: '2020-01-01T00:00:00Z' });
  const cursor = { cursor: 'next', param: 'c' };

  test('a promised page with nothing of the first page fails, and names the page', async () => {
    for (const page of [cursor, { next: 'next' }]) {
      const error = await readAll(await openTwoPages(page, { body: { message: 'try later' } })).catch(
        (cause: unknown) => cause,
      );
      expect(error).toBeInstanceOf(FatalError);
      expect(error).toMatchObject({ message: expect.stringContaining('page 2 has no list of records') });
    }
  });

  test('a page that was only tried, or is the first of a resumed read, keeps the checkpoint', async () => {
    const last = { body: { message: 'try later' } };
    const tried = await readAll(await openTwoPages({ number: 'page' }, last, {}, { since }), stored);
    expect([tried.at(-1)!.checkpoint.value, endOf(tried)!.isWhole]).toEqual([stored.value, false]);
    expect(warningsOf(tried)).toEqual([expect.stringContaining('page 2 has no list of records')]);
    const setting = await openTwoPages(cursor, last, {}, { since });
    const [first] = await readAll(setting, stored, { maxBatches: 1 });
    const resumed = await readAll(setting, first!.checkpoint);
    expect(resumed.at(-1)!.checkpoint).toMatchObject({ value: stored.value, position: null });
  });

  test('pitfall 3: without a list it ends the read, and the checkpoint moves, but it is not whole', async () => {
    const last = { body: { next: 'c2' } };
    const batches = await readAll(await openTwoPages(cursor, last, {}, { since }), stored);
    expect(batches.at(-1)!.checkpoint.value).toBe(notes(2, 2)[0]!.at);
    const kept = await readAll(await openTwoPages(cursor, last, {}, { deletes: 'absent' }));
    expect(endOf(kept)).toEqual({ outcome: 'read', isWhole: false });
    expect(warningsOf(kept)).toEqual(['page 2 has no list of records: nothing is deleted']);
    const listed = await readAll(await openTwoPages(cursor, { body: { data: [], next: 'c2' } }));
    expect(endOf(listed)!.isWhole).toBe(true);
  });

  test.each([
    [
      'total',
      { total: 'count' },
      { count: 5 },
      { body: { data: [], count: 5 } },
      'empty after 2 of 5 records',
    ],
    ['total of an earlier page', { total: 'count' }, { count: 5 }, { status: 204 }, 'empty after 2 of 5'],
    ['more', { more: 'more' }, { more: true }, { body: { data: [], more: true } }, 'reports more records'],
  ])(
    '%s promises records: the read is not whole, and the checkpoint stays',
    async (_, end, more, last, text) => {
      const page = { number: 'page', ...end };
      const batches = await readAll(await openTwoPages(page, last, more, { since }), stored);
      expect(batches.at(-1)!.checkpoint).toMatchObject({ value: stored.value, position: null });
      expect(warningsOf(batches)).toEqual([expect.stringContaining(text)]);
      expect(endOf(await readAll(await openTwoPages(page, last, more)))!.isWhole).toBe(false);
    },
  );
});

describe('pitfall 7: one page without a pager', () => {
  test.each([
    ['is full', {}, { body: notes(1, 100) }, /100 records and may be full: is there a second one/],
    ['has as many records as requested', { query: { limit: 7 } }, { body: notes(1, 7) }, /may be full/],
    [
      'has a next page in its header',
      {},
      { body: notes(1, 3), headers: { link: '</2>; rel=next' } },
      /link: next/,
    ],
  ])('%s: a warning', async (_, settings, reply, message) => {
    const batches = await readAll(await openApi(settings, () => reply));
    expect(warningsOf(batches)).toEqual([expect.stringMatching(message)]);
  });

  test('no warning if it is not full, or there is a pager', async () => {
    expect(warningsOf(await readAll(await openApi({}, () => ({ body: notes(1, 7) }))))).toEqual([]);
    const paged = await openApi({ page: { link: 'next' } }, () => ({ body: notes(1, 100) }));
    expect(warningsOf(await readAll(paged))).toEqual([]);
  });
});

test.each([
  [{ cursor: 'meta.nxt', param: 'c' }, 100, true],
  [{ next: 'meta.nxt' }, 100, true],
  [{ next: 'meta.nxt', size: 7, size_param: 'limit' }, 7, true],
  [{ next: 'meta.nxt' }, 7, false],
  [{ next: 'meta.next' }, 100, false],
  [{ next: 'meta.nxt', total: 'meta.count' }, 100, false],
])('pitfall 7: with %j a page of %d records warns of a wrong path: %j', async (page, count, isWarned) => {
  const body = { data: notes(1, count), meta: { next: null, count } };
  const text = `the page has ${count} records and may be full, and the answer has no meta.nxt: check page`;
  expect(warningsOf(await readAll(await openApi({ page }, () => ({ body }))))).toEqual(
    isWarned ? [text] : [],
  );
});

async function advice(settings: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const { reader } = await openApi(settings, () => ({}));
  return reader.advice;
}

test('pitfall 24: an offset without an order is doubtful', async () => {
  expect(await advice({ page: { offset: 'skip' } })).toEqual([expect.stringContaining('without an order')]);
  expect(await advice({ page: { offset: '$offset' }, query: { $order: ':id' } })).toEqual([]);
  expect(await advice({ page: { offset: 'skip' }, query: { sort_by: 'id' } })).toEqual([]);
  expect(await advice({ page: { cursor: 'next', param: 'c' } })).toEqual([]);
});

test('fault 6: a page of more than 1,000 records becomes several batches, which resume with the page', async () => {
  const setting = await openApi({}, () => ({ body: notes(1, 2300) }));
  const batches = await readAll(setting);
  expect(batches.map(({ records }) => records.length)).toEqual([1000, 1000, 300]);
  expect(keysOf(await readAll(setting, batches[0]!.checkpoint))).toHaveLength(2300);
});
