import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError, FatalError } from '../../../../src/errors.ts';
import { createODataSource, type TrestleSource } from '../../../../src/sources/trestle/odata/index.ts';
import type { CensusPage, ReadOptions } from '../../../../src/sources/source.ts';
import type { Dataset } from '../../../../src/dataset/dataset.ts';
import type { Logger } from '../../../../src/model/log.ts';
import type { Page } from '../../../../src/model/page.ts';
import { media } from '../../../../src/sources/trestle/datasets/media.ts';
import { property } from '../../../../src/sources/trestle/datasets/property.ts';
import { fakeClock } from '../../../helpers/fake-clock.ts';
import {
  type Asked,
  type Reply,
  scriptedServer,
  type ScriptedServer,
  type Step,
} from '../../../helpers/scripted-server.ts';
import { recordText } from '../../../../src/transform/scan-record.ts';
import { withSelect } from '../../../../src/dataset/reading.ts';

const NEVER = new AbortController().signal;
const BEGINNING: ReadOptions = { cursor: undefined };
const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let folder: string;
let server: ScriptedServer | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trestle-pages-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.close();
  server = undefined;
});

type Ways = { readonly pageSize?: number; readonly filter?: string };

async function connect(
  data: Step | readonly Step[],
  { pageSize = 2, filter }: Ways = {},
): Promise<TrestleSource> {
  server = await scriptedServer({ data });
  return createODataSource({
    tokenUrl: server.tokenUrl,
    clientId: 'me',
    clientSecret: 'geheim',
    timeout: 10_000,
    maxRetries: 0,
    deadline: 600_000,
    reservePercent: 10,
    maxWait: 1000,
    minute: 60_000,
    tokenFile: join(folder, 'token.json'),
    quotaFile: join(folder, 'quota.json'),
    clock: fakeClock(),
    random: () => 1,
    log: { main: silent, api: silent, quality: silent, database: silent },
    onToken: () => {},
    base: server.base,
    pageSize,
    filters: { Property: filter, Media: filter },
  });
}

const STAMP = (second: number): string => `2026-03-19T22:06:0${second}.000-00:00`;
const listing = (second: number, key: string): object => ({
  ListingKey: key,
  ModificationTimestamp: STAMP(second),
});
const page = (records: readonly object[], nextLink?: string): Reply => ({
  body: { value: records, ...(nextLink === undefined ? {} : { '@odata.nextLink': nextLink }) },
});

async function all(pages: AsyncIterable<Page>): Promise<Page[]> {
  const list: Page[] = [];
  for await (const item of pages) list.push(item);
  return list;
}
const read = (source: TrestleSource, from = BEGINNING, resource: Dataset = property): Promise<Page[]> =>
  all(source.read(resource, from, NEVER));
const keysOf = (pages: readonly Page[]): unknown[] =>
  pages.flatMap((item) =>
    item.records.map((raw) => (JSON.parse(recordText(raw)) as { ListingKey: unknown }).ListingKey),
  );
const filters = (): (string | undefined)[] => server!.asked.map((asked) => asked.query['$filter']);

/** A feed that answers keyset queries as Trestle does: a cursor, an order, a page. */
function keysetFeed(
  records: readonly { at: number; key: string }[],
  most: number,
  link: 'never' | 'full' | 'short',
) {
  return ({ query }: Asked): Reply => {
    const bound = /ModificationTimestamp gt (\S+) or .*ListingKey gt '(.*)'/.exec(query['$filter'] ?? '');
    const rest = records.filter(
      ({ at, key }) => bound === null || STAMP(at) > bound[1]! || (STAMP(at) === bound[1] && key > bound[2]!),
    );
    const size = Math.min(most, Number(query['$top']));
    const found = rest.slice(0, size).map(({ at, key }) => listing(at, key));
    const more = link === 'short' ? rest.length > found.length : link === 'full' && found.length === size;
    return page(found, more ? `${server!.base}/Property?$skip=${found.length}` : undefined);
  };
}

describe('keyset pages', () => {
  const records = [0, 0, 0, 0, 0, 1, 2, 2, 2].map((at, index) => ({ at, key: `k${index}` }));

  test.each(['never', 'full', 'short'] as const)(
    'promise 2: every record comes once, through ties and page borders, where a link is sent %s',
    async (link) => {
      for (const pageSize of [1, 2, 3, 4, 9, 10]) {
        const source = await connect(keysetFeed(records, 1000, link), { pageSize });
        expect(keysOf(await read(source))).toEqual(records.map(({ key }) => key));
        await server?.close();
      }
      server = undefined;
    },
  );

  test('promise 4: a page smaller than requested is not the end if it has a link', async () => {
    const source = await connect(keysetFeed(records, 2, 'short'), { pageSize: 1000 });
    expect(keysOf(await read(source))).toEqual(records.map(({ key }) => key));
    expect(server?.asked.every((asked) => asked.query['$skip'] === undefined)).toBe(true);
  });

  test('promise 4: the link on a full last page leads to an empty one, which is the end', async () => {
    const source = await connect(keysetFeed(records.slice(0, 4), 1000, 'full'), { pageSize: 2 });
    expect((await read(source)).map((item) => item.records.length)).toEqual([2, 2, 0]);
  });

  test('promise 4: a full last page without a link is followed by one more request', async () => {
    const source = await connect(keysetFeed(records.slice(0, 2), 1000, 'never'), { pageSize: 2 });
    expect((await read(source)).map((item) => item.records.length)).toEqual([2, 0]);
  });

  test('promise 14: a short page without a link is the end: no extra request', async () => {
    const source = await connect(keysetFeed(records.slice(0, 1), 1000, 'full'), { pageSize: 2 });
    await read(source);
    expect(server?.asked).toHaveLength(1);
  });

  test('promise 2: each page’s cursor is its last record, in the feed’s own text', async () => {
    const source = await connect(keysetFeed(records.slice(0, 3), 1000, 'never'));
    expect((await read(source)).map((item) => item.cursor)).toEqual([
      { timestamp: STAMP(0), key: 'k1' },
      { timestamp: STAMP(0), key: 'k2' },
    ]);
  });

  test('promise 2: starts after the cursor, in parentheses next to the user’s filter', async () => {
    const source = await connect(page([]), { filter: "City eq 'A' or City eq 'B'" });
    const narrow = withSelect(property, ['ListingKey', 'ModificationTimestamp']);
    await read(source, { cursor: { timestamp: STAMP(3), key: "O'H" } }, narrow);
    expect(server?.asked[0]?.query).toEqual({
      $filter:
        `((ModificationTimestamp gt ${STAMP(3)} or (ModificationTimestamp eq ${STAMP(3)} and ListingKey gt 'O''H')))` +
        " and (City eq 'A' or City eq 'B')",
      $orderby: 'ModificationTimestamp asc,ListingKey asc',
      $select: 'ListingKey,ModificationTimestamp',
      $top: '2',
    });
  });

  test('promise 14: requests the count once, with the first page', async () => {
    const feed = [
      { body: { '@odata.count': 3, value: [listing(1, 'a'), listing(1, 'b')] } },
      page([listing(2, 'c')]),
    ];
    const source = await connect(feed);
    const pages = await read(source, { cursor: undefined, count: true });
    expect(pages.map((item) => item.count)).toEqual([3, undefined]);
    expect(server?.asked.map((asked) => asked.query['$count'])).toEqual(['true', undefined]);
  });

  test('promise 2: a row that moves while we page is seen again, and no other is missed', async () => {
    const feed = [1, 2, 3, 4].map((at) => ({ at, key: `k${at}` }));
    const source = await connect((asked) => {
      const answer = keysetFeed(feed, 1000, 'never')(asked);
      if (server!.asked.length === 1) feed.push({ ...feed.shift()!, at: 9 });
      return answer;
    });
    expect(keysOf(await read(source))).toEqual(['k1', 'k2', 'k3', 'k4', 'k1']);
  });

  test('promise 5: a poison record at the end of a page does not stop the cursor', async () => {
    const poison = [
      { ListingKey: 'p', ModificationTimestamp: 'soon' },
      { ListingKey: null, ModificationTimestamp: STAMP(2) },
      {},
    ];
    for (const last of poison) {
      const source = await connect([page([listing(1, 'a'), last]), page([])]);
      const [first] = await read(source);
      expect(first?.cursor).toEqual({ timestamp: STAMP(1), key: 'a' });
      expect(filters()[1]).toContain("ListingKey gt 'a'");
      await server?.close();
    }
    server = undefined;
  });

  test('promise 5: a record that is not JSON does not stop the cursor', async () => {
    const text = `{"value":[${JSON.stringify(listing(1, 'a'))},{"ListingKey":"b",oops}]}`;
    const source = await connect([{ body: text }, page([])]);
    const [first] = await read(source);
    expect(first?.cursor?.key).toBe('a');
    expect(first?.records.map(recordText)).toEqual([
      JSON.stringify(listing(1, 'a')),
      '{"ListingKey":"b",oops}',
    ]);
  });

  test('promise 4: an empty page with a link is followed, byte for byte', async () => {
    const source = await connect([
      (): Reply => page([], `${server!.base}/Property?%24skip=2&$filter=City+eq+%27a%27`),
      page([listing(1, 'a')]),
    ]);
    expect(keysOf(await read(source))).toEqual(['a']);
    expect(server?.asked[1]?.target).toBe('/trestle/odata/Property?%24skip=2&$filter=City+eq+%27a%27');
  });

  test('promise 4: a link that leads to itself is an error, not a hang', async () => {
    const source = await connect(({ target }) => page([], server!.origin + target));
    await expect(read(source)).rejects.toThrow('leads back to a page that was already read');
    expect(server!.asked.length).toBeLessThanOrEqual(2);
  });

  test('promise 4: a link to a foreign origin is refused, and no token goes there', async () => {
    const foreign = await scriptedServer({});
    const source = await connect(page([], `${foreign.base}/Property`));
    await expect(read(source)).rejects.toBeInstanceOf(FatalError);
    expect(foreign.asked).toEqual([]);
    await foreign.close();
  });

  test('promise 4: a server that sends the same page again and again is an error, not a hang', async () => {
    const source = await connect(page([listing(1, 'a'), listing(2, 'b')]));
    await expect(read(source, { cursor: { timestamp: STAMP(2), key: 'b' } })).rejects.toThrow(/order|twice/);
    await server?.close();
    const tied = await connect(page([listing(1, 'a'), listing(1, 'b')]));
    await expect(read(tied)).rejects.toThrow(
      'Property: a page in the order of the key has no key to continue from',
    );
    expect(server?.asked).toHaveLength(4);
  });

  test('promise 2: a page in another order than requested is an error: records would be skipped', async () => {
    const backwards = await connect(page([listing(2, 'a'), listing(1, 'b')]));
    await expect(read(backwards)).rejects.toThrow(
      'did not send a page in the order of ModificationTimestamp',
    );
    await server?.close();
    const before = await connect([
      page([listing(2, 'a'), listing(3, 'b')]),
      page([listing(1, 'c'), listing(4, 'd')]),
    ]);
    await expect(read(before)).rejects.toThrow('did not send a page in the order of ModificationTimestamp');
    await server?.close();
    const cursor = { timestamp: STAMP(5), key: 'k' };
    const ignoring = await connect(page([listing(1, 'a')]));
    await expect(read(ignoring, { cursor })).rejects.toBeInstanceOf(FatalError);
  });

  test('promise 4: a full page without a single usable cursor is an error, not an end', async () => {
    const source = await connect(page([{ ListingKey: 1 }, { ListingKey: 2 }]));
    await expect(read(source)).rejects.toThrow('a full page holds no record with a usable cursor');
  });

  test('a request that is refused ends the pages with its error, after the pages before it', async () => {
    const source = await connect([page([listing(1, 'a'), listing(1, 'b')]), { status: 400 }]);
    const seen: Page[] = [];
    const reading = (async () => {
      for await (const item of source.read(property, BEGINNING, NEVER)) seen.push(item);
    })();
    await expect(reading).rejects.toBeInstanceOf(ConfigError);
    expect(keysOf(seen)).toEqual(['a', 'b']);
  });

  test('promise 5: a key with half a surrogate pair at the end of a full page does not stop the feed', async () => {
    const text = `{"value":[${JSON.stringify(listing(1, 'a'))},{"ListingKey":"\\ud83c","ModificationTimestamp":"${STAMP(2)}"}]}`;
    const source = await connect([{ body: text }, page([])]);
    expect(await read(source)).toHaveLength(2);
  });

  test('promise 4: two links that lead to each other are an error, not a hang', async () => {
    // Ends by itself after a hundred pages, as nothing else would.
    const source = await connect(() => {
      const n = server!.asked.length;
      return n > 100 ? page([]) : page([], `${server!.base}/Property?$skip=${n % 2}`);
    });
    await expect(read(source)).rejects.toBeInstanceOf(FatalError);
  });
});

/** A feed that answers with short pages and no link, however many records it counts. */
function shortFeed(sizes: readonly number[], counts?: number | string | readonly number[]) {
  let sent = 0;
  const left = Array.isArray(counts) ? [...(counts as readonly number[])] : undefined;
  return ({ query }: Asked): Reply => {
    const size = sizes[Math.min(server!.asked.length, sizes.length) - 1] ?? 0;
    const value = Array.from({ length: size }, () => {
      sent += 1;
      return { ...listing(sent % 10, ''), ListingKey: `k${sent}`, ModificationTimestamp: stampOf(sent) };
    });
    if (query['$count'] !== 'true') return { body: { value } };
    return { body: { '@odata.count': left === undefined ? counts : left.shift(), value } };
  };
}
const stampOf = (nth: number): string => new Date(Date.UTC(2026, 2, 19) + nth).toISOString();
const COUNTED: ReadOptions = { cursor: undefined, count: true };

describe('a premature end', () => {
  test('promise 4: a short page without a link is not the end while the count is higher', async () => {
    for (const count of [25, '25']) {
      const source = await connect(shortFeed([7, 10, 8, 0], count), { pageSize: 10 });
      expect(keysOf(await read(source, COUNTED))).toHaveLength(25);
      // Once pages were short of the count, only an empty one is the end.
      expect(server?.asked).toHaveLength(4);
      await server?.close();
    }
    server = undefined;
  });

  test('promise 4: an empty page that contradicts the count is requested again, and accepted if its count is 0', async () => {
    const source = await connect(shortFeed([7, 0, 0], [25, 0]), { pageSize: 10 });
    expect(keysOf(await read(source, COUNTED))).toHaveLength(7);
    expect(server?.asked.map(({ query }) => query['$count'])).toEqual(['true', undefined, 'true']);
  });

  test('promise 4: an empty page in the middle of a feed loses nothing', async () => {
    const source = await connect(shortFeed([10, 0, 10, 5], [25, 15]), { pageSize: 10 });
    expect(keysOf(await read(source, COUNTED))).toHaveLength(25);
  });

  test('promise 4: a first answer without records and without the requested count is requested again', async () => {
    const source = await connect(shortFeed([0, 10, 0]), { pageSize: 10 });
    expect(keysOf(await read(source, COUNTED))).toHaveLength(10);
    await server?.close();
    const empty = await connect(shortFeed([0]), { pageSize: 10 });
    expect(keysOf(await read(empty, COUNTED))).toHaveLength(0);
    expect(server?.asked).toHaveLength(2);
  });

  test('promise 4: a page that is in order only at its ends is refused', async () => {
    const records = [1, 5, 3, 6].map((second) => listing(second, `k${second}`));
    const source = await connect(() => page(records));
    await expect(read(source)).rejects.toThrow('did not send a page in the order of ModificationTimestamp');
  });

  test('promise 4: an API that counts records and sends none is an error', async () => {
    const source = await connect(shortFeed([0], 25), { pageSize: 10 });
    await expect(read(source, COUNTED)).rejects.toMatchObject({
      exitCode: 69,
      message: 'Property: the API counts 25 records and sends none of them',
    });
  });

  test.each([
    ['fits', 7],
    ['is too small', 3],
  ])('promise 14: a count that %s costs no further request', async (_, count) => {
    const source = await connect(shortFeed([7], count), { pageSize: 10 });
    await read(source, COUNTED);
    expect(server?.asked).toHaveLength(1);
  });

  test('promise 9: the same applies to child sets, records by key and key look-ups', async () => {
    const short = (member: 'MediaKey' | 'ListingKey') => () => {
      const nth = server!.asked.length;
      const value = nth > 3 ? [] : [{ [member]: `k${nth}`, ModificationTimestamp: STAMP(1) }];
      return { body: { '@odata.count': nth === 1 ? 3 : undefined, value } };
    };
    const sets = await connect(short('MediaKey'), { pageSize: 10 });
    expect((await children(sets, ['1'])).flatMap((item) => item.records)).toHaveLength(3);
    await server?.close();
    const byKeys = await connect(short('ListingKey'), { pageSize: 10 });
    expect(keysOf(await all(byKeys.keys.records(property, ['k1', 'k2', 'k3'], NEVER)))).toHaveLength(3);
    await server?.close();
    const present = await connect(short('ListingKey'), { pageSize: 10 });
    expect([...(await present.keys.present(property, ['k1', 'k2', 'k3'], 'all', NEVER))]).toHaveLength(3);
    await server?.close();
    const keys = await connect(short('ListingKey'), { pageSize: 10 });
    expect((await census(keys)).flatMap((item) => item.entries)).toHaveLength(3);
  });
});

const growing = (): Reply => page([], `${server!.base}/Property?$skip=${server!.asked.length * 1000}`);

describe('links without an end', () => {
  test.each<[string, (source: TrestleSource) => Promise<unknown>]>([
    ['pages', (source) => read(source)],
    ['sets', (source) => children(source, ['1'])],
    ['records by key', (source) => all(source.keys.records(property, ['a'], NEVER))],
    ['a second look', (source) => source.keys.present(property, ['a'], 'all', NEVER)],
    ['a census', (source) => census(source)],
  ])('promise 4: empty pages whose link grows are bounded: %s', async (_, ask) => {
    const source = await connect(growing);
    await expect(ask(source)).rejects.toThrow(
      /^(Property|Media): 5 pages in a row have no cursor to continue from; the next link is http:\S+\$skip=5000$/,
    );
    expect(server?.asked).toHaveLength(5);
  });

  test('promise 4: replication ends without an error, and keyset pages take over', async () => {
    const source = await connect(growing);
    expect((await replicate(source)).at(-1)?.complete).toBe(false);
    expect(server?.asked).toHaveLength(5);
  });

  test('promise 4: empty pages before the records are passed', async () => {
    const source = await connect(() => (server!.asked.length < 5 ? growing() : page([listing(1, 'a')])));
    expect(keysOf(await read(source))).toEqual(['a']);
  });

  test('promise 5: pages of records without a timestamp are passed by their links, up to a limit', async () => {
    const source = await connect(() => ({
      body: { ...(growing().body as object), value: [{ ListingKey: 'a' }] },
    }));
    await expect(read(source)).rejects.toThrow('100 pages in a row have no cursor to continue from');
  });
});

const child = (key: string): object => ({
  MediaKey: key,
  ResourceRecordKey: '1',
  ModificationTimestamp: STAMP(1),
});

const children = (source: TrestleSource, parents: string[]): Promise<Page[]> =>
  all(source.children(media, parents, NEVER));

describe('pages of sets', () => {
  test('promise 9: requests the media of several listings together, in the order of the key', async () => {
    const source = await connect([page([child('a'), child('b')]), page([child('c')])], {
      filter: 'Order lt 5',
    });
    const pages = await children(source, ['1', "2'"]);
    expect(pages.flatMap((item) => item.records)).toHaveLength(3);
    expect(pages.map((item) => item.cursor)).toEqual([undefined, undefined]);
    expect(filters()).toEqual([
      "(ResourceRecordKey in ('1','2''')) and (Order lt 5)",
      "(ResourceRecordKey in ('1','2''')) and (Order lt 5) and (MediaKey gt 'b')",
    ]);
    expect(server?.asked[0]?.query['$orderby']).toBe('MediaKey asc');
  });

  test('promise 9: a short page with a link is not the end', async () => {
    const source = await connect([page([child('a')], 'https://anywhere/'), page([child('b')])], {
      pageSize: 10,
    });
    expect((await children(source, ['1'])).flatMap((item) => item.records)).toHaveLength(2);
  });

  test('promise 4: a page without a key to continue from is an error, not a hang', async () => {
    const same = await connect(page([child('a'), child('b')]));
    await expect(children(same, ['1'])).rejects.toThrow(
      'Media: a page in the order of the key has no key to continue from',
    );
    await server?.close();
    const keyless = await connect(page([{}, {}]));
    await expect(children(keyless, ['1'])).rejects.toBeInstanceOf(FatalError);
  });
});

const entry = (key: unknown, second = 1): object => ({
  ListingKey: key,
  ModificationTimestamp: STAMP(second),
});

const census = async (source: TrestleSource, after?: string): Promise<CensusPage[]> => {
  const list: CensusPage[] = [];
  for await (const item of source.keys.census(property, after, NEVER)) list.push(item);
  return list;
};

describe('a census', () => {
  test('promise 8: requests only keys and timestamps, as many at a time as Trestle allows, with their count', async () => {
    const source = await connect(
      { body: { '@odata.count': 2, value: [entry('a'), entry('b', 2)] } },
      { filter: "City eq 'A'" },
    );
    expect(await census(source)).toEqual([
      {
        entries: [
          { key: 'a', version: '2026-03-19 22:06:01.000', photosChanged: null, photosCount: null },
          { key: 'b', version: '2026-03-19 22:06:02.000', photosChanged: null, photosCount: null },
        ],
        withoutKey: 0,
        count: 2,
      },
    ]);
    expect(server?.asked.map((asked) => asked.query)).toEqual([
      {
        $filter: "City eq 'A'",
        $orderby: 'ListingKey asc',
        $select: 'ListingKey,ModificationTimestamp,PhotosChangeTimestamp,PhotosCount',
        $top: '300000',
        $count: 'true',
      },
    ]);
  });

  test('promise 8: a record without a usable key or timestamp is counted separately', async () => {
    const source = await connect(
      page([
        entry('a'),
        entry(null),
        entry(''),
        entry(7),
        { ListingKey: 'b', ModificationTimestamp: 'soon' },
      ]),
    );
    expect(await census(source)).toMatchObject([
      {
        entries: [{ key: 'a' }, { key: 'b', version: null, photosChanged: null, photosCount: null }],
        withoutKey: 3,
      },
    ]);
  });

  test('promise 8: requests ordinary pages if the server refuses large ones; requests the count once', async () => {
    const source = await connect([
      { status: 400 },
      { body: { '@odata.count': 3, value: [entry('a'), entry('b')] } },
      page([entry('c')]),
    ]);
    const pages = await census(source, 'K');
    expect(pages.map((item) => item.count)).toEqual([3, undefined]);
    expect(server?.asked.map(({ query }) => [query['$top'], query['$count'], query['$filter']])).toEqual([
      ['300000', 'true', "ListingKey gt 'K'"],
      ['2', 'true', "ListingKey gt 'K'"],
      ['2', undefined, "ListingKey gt 'b'"],
    ]);
  });

  test('promise 8: a census that breaks off is an error, never a shorter census', async () => {
    const source = await connect([page([entry('a')], 'https://anywhere/'), { status: 400 }]);
    await expect(census(source)).rejects.toBeInstanceOf(ConfigError);
    expect(server?.asked).toHaveLength(2);
  });

  test('promise 8: a requested count that is missing is an error, never zero', async () => {
    const source = await connect([{ body: { '@odata.count': 5, value: [] } }, page([])]);
    expect(await source.keys.count(property, NEVER)).toBe(5);
    expect(server?.asked[0]?.query).toEqual({ $top: '0', $count: 'true' });
    await expect(source.keys.count(property, NEVER)).rejects.toBeInstanceOf(FatalError);
  });

  test('promise 8: looks up keys, within the user’s filter or among all records', async () => {
    const source = await connect(page([entry('b')]), { filter: "City eq 'A'" });
    expect([...(await source.keys.present(property, ['a', 'b'], 'filtered', NEVER))]).toEqual(['b']);
    await source.keys.present(property, ['a', 'b'], 'all', NEVER);
    expect(filters()).toEqual(["(ListingKey in ('a','b')) and (City eq 'A')", "ListingKey in ('a','b')"]);
  });

  test('complete records are fetched by key, within the user’s filter', async () => {
    const source = await connect(page([listing(1, 'a')]), { filter: "City eq 'A'" });
    expect(keysOf(await all(source.keys.records(property, ['a'], NEVER)))).toEqual(['a']);
    expect(filters()).toEqual(["(ListingKey in ('a')) and (City eq 'A')"]);
    expect(server?.asked[0]?.query['$select']).toBeUndefined();
  });
});

const replicate = async (source: TrestleSource): Promise<(Page & { complete: boolean })[]> => {
  const list: (Page & { complete: boolean })[] = [];
  for await (const item of source.replicate(property, NEVER)) list.push(item);
  return list;
};

const link = (): string => `${server!.base}/Property/replication?id=1-abc`;

describe('replication', () => {
  test('promise 4: requests the same link until there is none, and no page moves the cursor', async () => {
    const source = await connect(
      [
        () => page([listing(2, 'a')], link()),
        () => page([listing(1, 'b')], link()),
        () => page([], link()),
        page([listing(3, 'c')]),
      ],
      { filter: "City eq 'A'" },
    );
    const pages = await replicate(source);
    expect(keysOf(pages)).toEqual(['a', 'b', 'c']);
    expect(pages.map((item) => item.complete)).toEqual([false, false, false, true]);
    expect(pages.every((item) => item.cursor === undefined)).toBe(true);
    expect(server?.asked[0]?.query).toEqual({ replication: 'true', $filter: "City eq 'A'", $top: '2' });
    expect(new Set(server?.asked.slice(1).map((asked) => asked.target))).toEqual(
      new Set(['/trestle/odata/Property/replication?id=1-abc']),
    );
  });

  test.each([404, 400, 410, 500, 503, 429])(
    'promise 4: a link that died with %d ends it without an error: incomplete',
    async (status) => {
      const source = await connect([() => page([listing(1, 'a')], link()), { status }]);
      const pages = await replicate(source);
      expect(pages.map((item) => [item.records.length, item.complete])).toEqual([
        [1, false],
        [0, false],
      ]);
    },
  );

  test('promise 4: a page whose answer was lost is not requested again: the server has moved on', async () => {
    const source = await connect([
      () => page([listing(1, 'a')], link()),
      { raw: (response) => response.destroy() },
      page([listing(3, 'c')]),
    ]);
    expect((await replicate(source)).at(-1)).toMatchObject({ records: [], complete: false });
    expect(server?.asked.filter((asked) => asked.path.endsWith('/replication'))).toHaveLength(1);
  });

  test('promise 4: stops at a server that sends nothing but links', async () => {
    const source = await connect(() => page([], link()));
    expect((await replicate(source)).at(-1)?.complete).toBe(false);
    expect(server!.asked.length).toBeLessThanOrEqual(6);
  });

  test('promise 4: a foreign link is an error, and no token goes there', async () => {
    const source = await connect(page([], 'https://evil.example.com/x'));
    await expect(replicate(source)).rejects.toBeInstanceOf(FatalError);
  });

  test('a refused first request is an error: nothing was read yet', async () => {
    const source = await connect({ status: 400 });
    await expect(replicate(source)).rejects.toBeInstanceOf(ConfigError);
  });
});
