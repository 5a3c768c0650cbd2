import { describe, expect, test } from 'vitest';
import type { ItemsSandbox } from '../../../src/sandbox/items/index.ts';
import { type Body, getJson, idsOf, startItems, upTo } from './helpers.ts';

const RECORDS = 230;

/** Reads pages from an address to the end by the address of the next page that `next` finds. */
async function readAll(
  first: string,
  list: string,
  next: (body: Body, url: URL) => string | undefined,
): Promise<number[]> {
  const ids: number[] = [];
  let url: string | undefined = first;
  while (url !== undefined) {
    const body: Body = await getJson(url);
    ids.push(...idsOf(body[list]));
    url = next(body, new URL(url));
  }
  return ids;
}

/** The address with another value of a parameter. */
function withParam(url: URL, name: string, value: unknown): string {
  url.searchParams.set(name, String(value));
  return url.href;
}

const start = (): Promise<ItemsSandbox> => startItems({ records: RECORDS });

describe('each pager gives every record once', () => {
  test.each([
    ['number', 1],
    ['number-from-0', 0],
  ])('%s', async (pager, from) => {
    const { url } = await start();
    const ids = await readAll(`${url}/api/notes/${pager}?size=50&page=${from}`, 'results', (body, at) =>
      body['has_more'] === true ? withParam(at, 'page', Number(body['page']) + 1) : undefined,
    );
    expect(ids).toEqual(upTo(RECORDS));
    // Without a number: the first page.
    expect(idsOf((await getJson(`${url}/api/notes/${pager}?size=2`))['results'])).toEqual([1, 2]);
  });

  test.each([
    ['offset', 0],
    ['offset-from-1', 1],
  ])('%s', async (pager, from) => {
    const { url } = await start();
    const ids = await readAll(`${url}/api/notes/${pager}?limit=60`, 'items', (body, at) => {
      const read = Number(body['offset']) + 60;
      return read - from < RECORDS ? withParam(at, 'offset', read) : undefined;
    });
    expect(ids).toEqual(upTo(RECORDS));
  });

  test.each([
    ['cursor', ''],
    ['cursor-first', '&cursor=*'],
  ])('%s', async (pager, first) => {
    const { url } = await start();
    const ids = await readAll(`${url}/api/notes/${pager}?limit=100${first}`, 'data', (body, at) => {
      const cursor = (body['meta'] as Body)['next_cursor'];
      return cursor === null ? undefined : withParam(at, 'cursor', cursor);
    });
    expect(ids).toEqual(upTo(RECORDS));
  });

  test('next, with a whole address in the body', async () => {
    const { url } = await start();
    const ids = await readAll(
      `${url}/api/notes/next?limit=100`,
      'value',
      (body) => (body['next'] as string | null) ?? undefined,
    );
    expect(ids).toEqual(upTo(RECORDS));
  });

  test('link, with the address in a header', async () => {
    const { url } = await start();
    const ids: number[] = [];
    let at: string | undefined = `${url}/api/notes/link?per_page=100`;
    while (at !== undefined) {
      const answer: Response = await fetch(at);
      ids.push(...idsOf(await answer.json()));
      at = /<([^>]+)>; title="more, please"; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    expect(ids).toEqual(upTo(RECORDS));
  });

  test('all, without pages', async () => {
    const { url } = await start();
    expect(idsOf(await getJson(`${url}/api/notes/all`))).toEqual(upTo(RECORDS));
  });
});

describe('what is hard about pages', () => {
  test('a cursor API without its first cursor has one page', async () => {
    const { url } = await start();
    const body = await getJson(`${url}/api/notes/cursor-first?limit=100`);
    expect([idsOf(body['data']).length, body['meta']]).toEqual([
      100,
      { next_cursor: null, has_more: true, count: 100 },
    ]);
  });

  test('a page is smaller than asked for', async () => {
    const { url } = await startItems({ records: 600 });
    expect(idsOf((await getJson(`${url}/api/notes/offset?limit=1000`))['items'])).toHaveLength(250);
  });

  test('a cursor that it did not give out, a number that is none, and an unknown pager are refused', async () => {
    const { url } = await start();
    for (const query of [
      'cursor?cursor=5',
      'number?page=x',
      'number?page=0',
      'offset?limit=0',
      'next?after=1',
    ])
      expect((await fetch(`${url}/api/notes/${query}`)).status).toBe(400);
    expect((await fetch(`${url}/api/notes/other`)).status).toBe(404);
  });

  test('pages repeat, a cursor stays, and a list is null or missing, when faults say so', async () => {
    const sandbox = await start();
    const { url, faults } = sandbox;
    faults.add({ kind: 'repeat-page', count: 3 });
    const cursors = new Set<unknown>();
    for (let page = 0; page < 3; page += 1) {
      const body = await getJson(`${url}/api/notes/cursor?limit=100`);
      expect(idsOf(body['data'])[0]).toBe(1);
      cursors.add((body['meta'] as Body)['next_cursor']);
    }
    expect([...cursors]).toEqual([expect.stringMatching(/^\S+$/)]);

    faults.add({ kind: 'keep-cursor', count: 2 });
    const last = await getJson(`${url}/api/notes/next?limit=250`);
    expect(idsOf(last['value'])).toHaveLength(RECORDS);
    expect(await getJson(last['next'] as string)).toMatchObject({ value: null });

    faults.add({ kind: 'null-list' });
    expect(await getJson(`${url}/api/notes/number`)).toMatchObject({ results: null, total: RECORDS });
    faults.add({ kind: 'missing-list' });
    expect(await getJson(`${url}/api/notes/number`)).not.toHaveProperty('results');
    expect(await getJson(`${url}/api/notes/number`)).toHaveProperty('results');
  });
});
