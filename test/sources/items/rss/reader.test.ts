import { describe, expect, test } from 'vitest';
import { BlockedError, DamagedFileError, FatalError } from '../../../../src/errors.ts';
import { DAY_MS, MINUTE_MS } from '../../../../src/lib/time.ts';
import type { Checkpoint, ItemBatch, ItemReader } from '../../../../src/sources/items.ts';
import { createRequester } from '../../../../src/sources/items/create-requester.ts';
import type { Requester } from '../../../../src/sources/items/requester.ts';
import { createRssReader } from '../../../../src/sources/items/rss/reader.ts';
import { rssEntry } from '../../../../src/sources/items/rss/settings.ts';
import { fakeClock } from '../../../helpers/fake-clock.ts';
import { itemsConform, keysOf, readAll, recordsOf } from '../../items-conformance.ts';
import { localRequester, localServer, type Reply } from '../local-server.ts';
import { requesterTools } from '../api/api-server.ts';
import { plainMapper } from '../../../helpers/item-mapper.ts';

describe('a feed, as every source of items', () => {
  itemsConform({
    second: 'unchanged',
    open: async () => {
      const ids = Array.from({ length: 2500 }, (_, n) => `id ${n}`);
      const server = await localServer({
        headers: { etag: '"1"' },
        body: rss(ids.map((id) => item({ id }))),
      });
      const requester = localRequester();
      const reader = readerOf(server.url, {}, requester);
      return {
        reader,
        keys: ids,
        requests: () => server.received.length,
        counted: () => requester.requests(),
      };
    },
  });
});

describe('the formats', () => {
  const dates = { published: '2026-10-05T12:00:00.000Z' };

  test('RSS 2.0 becomes a flat record', async () => {
    const body = `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>t</title>
      <item><title>A &amp; B</title><link>/1?a=1&b=2</link><guid isPermaLink="false">g</guid>
      <pubDate>Mon, 05 Oct 2026 12:00:00 GMT</pubDate><category>c</category><category>d</category>
      <dc:creator>Me</dc:creator><description>short</description><content:encoded><![CDATA[<p>long</p>]]></content:encoded>
      <enclosure url="https://x/a.mp3" length="3" type="audio/mpeg"/></item></channel></rss>`;
    const { server, records } = await readOne({ body });
    expect(records).toEqual([
      {
        id: 'g',
        link: `${server.url}/1?a=1&b=2`,
        title: 'A & B',
        description: 'short',
        content: '<p>long</p>',
        category: 'c',
        categories: ['c', 'd'],
        author: 'Me',
        enclosures: [{ url: 'https://x/a.mp3', length: 3, type: 'audio/mpeg' }],
        dc: { creators: ['Me'] },
        ...dates,
      },
    ]);
  });

  test('RSS 0.91: a guid or nothing but a link', async () => {
    const body =
      '<rss version="0.91"><channel><item><title>a</title><link>https://x/1</link></item><item><title>b</title><guid>https://x/2</guid></item></channel></rss>';
    expect((await readOne({ body })).records).toEqual([
      { id: 'https://x/1', link: 'https://x/1', title: 'a' },
      { id: 'https://x/2', link: 'https://x/2', title: 'b' },
    ]);
  });

  test('Atom', async () => {
    const body = `<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><title>t</title><entry><id>urn:1</id>
      <title type="html">A</title><link rel="self" href="https://x/self"/><link href="https://x/1"/>
      <published>2026-10-05T12:00:00Z</published><updated>2026-10-06T12:00:00+02:00</updated>
      <author><name>N</name></author><category term="t" label="T"/><summary>s</summary></entry></feed>`;
    expect((await readOne({ body })).records).toEqual([
      {
        id: 'urn:1',
        link: 'https://x/1',
        title: 'A',
        description: 's',
        category: 'T',
        categories: ['T'],
        author: 'N',
        links: [{ rel: 'self', href: 'https://x/self' }],
        updated: '2026-10-06T10:00:00.000Z',
        ...dates,
      },
    ]);
  });

  test('RDF', async () => {
    const body = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
      <channel rdf:about="https://x"><title>t</title></channel><item rdf:about="https://x/1"><title>a</title><link>https://x/1</link>
      <dc:date>2026-10-05T14:00:00+02:00</dc:date><dc:subject>s</dc:subject></item></rdf:RDF>`;
    expect((await readOne({ body })).records).toMatchObject([
      { id: 'https://x/1', title: 'a', category: 's', ...dates },
    ]);
  });

  test('JSON Feed', async () => {
    const body = JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: 't',
      items: [
        {
          id: 1,
          url: 'https://x/1',
          title: 'a',
          content_html: '<p>x</p>',
          tags: ['t'],
          date_published: '2026-10-05T12:00:00Z',
        },
      ],
    });
    expect((await readOne({ body })).records).toEqual([
      {
        id: '1',
        link: 'https://x/1',
        title: 'a',
        description: '<p>x</p>',
        category: 't',
        categories: ['t'],
        ...dates,
      },
    ]);
  });

  test('pitfall 31: a missing date stays missing, one in another form stays text', async () => {
    const body = rss([
      item({ id: '1' }),
      item({ id: '2', date: '5. Oktober 2026' }),
      item({ id: '3', date: '2050-01-01' }),
    ]);
    const { records } = await readOne({ body });
    expect(records.map((record) => (record as { published?: string }).published)).toEqual([
      undefined,
      '5. Oktober 2026',
      '2050-01-01T00:00:00.000Z',
    ]);
  });

  test('pitfall 27: weak ids are told', async () => {
    const body = rss([1, 2, 3].map((n) => item({ id: 'same', link: `https://x/${n}` })));
    const { batches } = await readOne({ body });
    expect(keysOf(batches)).toEqual(['https://x/1', 'https://x/2', 'https://x/3']);
    expect(warningsOf(batches)).toEqual(['many entries have no id of their own: their links identify them']);
    expect(JSON.parse(recordsOf(batches)[0]!.payload)).toMatchObject({ id: 'https://x/1', guid: 'same' });
  });

  test('pitfall 27: a weaker identity stays, so that a later document does not give its entries other keys', async () => {
    const same = [1, 2, 3].map((n) => item({ id: 'same', link: `https://x/${n}` }));
    const server = await localServer({ body: rss(same) });
    const reader = readerOf(server.url);
    const first = await readAll(reader);
    server.serve({ body: rss([item({ id: 'other', link: 'https://x/1' })]) });
    const second = await readAll(reader, checkpointOf(first));
    expect(keysOf(second)).toEqual(['https://x/1']);
    expect(warningsOf(second)).toEqual([]);
  });

  test('pitfall 23: a feed without categories and dates has no missing field', async () => {
    const { batches } = await readOne({ body: rss([item({ id: 'a' })]) });
    expect(JSON.parse(recordsOf(batches)[0]!.payload)).toMatchObject({
      category: null,
      description: null,
      link: null,
      published: null,
    });
  });

  test('pitfall 14: a feed cannot delete what left its window', () => {
    expect(rssEntry.safeParse({ url: 'http://a.test/', deletes: 'absent' }).success).toBe(false);
  });

  test('a stored record has its identity, for reprocess', async () => {
    const server = await localServer({ body: rss([item({ id: 'a' })]) });
    const reader = readerOf(server.url);
    const [record] = recordsOf(await readAll(reader));
    expect(reader.identify!(JSON.parse(record!.payload))).toBe(record!.key);
  });
});

describe('damaged feeds', () => {
  test('pitfall 35: any number of comments before the root takes no time', async () => {
    const start = process.cpuUsage().user;
    const { records } = await readOne({ body: `${'<!--a-->'.repeat(50_000)}${rss([item({ id: '1' })])}` });
    expect(records).toHaveLength(1);
    expect(process.cpuUsage().user - start).toBeLessThan(5_000_000);
  });

  test.each([
    ['within an item', '<rss version="2.0"><channel><item><title>a</title></item><item><title>b'],
    ['between two items', '<rss version="2.0"><channel><item><title>a</title></item>'],
    ['JSON', '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1"}'],
  ])('pitfall 34: a feed that is cut off is refused whole: %s', async (_, body) => {
    const server = await localServer({ headers: { etag: '"1"' }, body });
    await expect(readAll(readerOf(server.url))).rejects.toThrow(DamagedFileError);
  });

  test('fault 15, pitfall 34: single ampersands and control characters are survived', async () => {
    const body = rss(['<item><guid>1</guid><title>a & b\u0001\u000B c&#x1F;&#0; d&e=f</title></item>']);
    expect((await readOne({ body })).records).toEqual([{ id: '1', title: 'a & b c d&e=f' }]);
  });

  test('pitfall 20: a web page is no feed, and a page of a firewall is told as such', async () => {
    const server = await localServer({ body: '\n<!DOCTYPE html><html><title>Sign in</title></html>' });
    await expect(readAll(readerOf(server.url))).rejects.toThrow('news: the answer is a web page, not a feed');
    server.serve({ body: '<!DOCTYPE html><html><title>Just a moment...</title></html>' });
    await expect(readAll(readerOf(server.url))).rejects.toThrow(BlockedError);
    server.serve({ body: '{"error":"no"}' });
    await expect(readAll(readerOf(server.url))).rejects.toThrow(FatalError);
    server.serve({ body: '' });
    await expect(readAll(readerOf(server.url))).rejects.toThrow('news: the answer is not a feed');
  });

  test('pitfall 35: entities of an entity bomb are not expanded', async () => {
    const entities = Array.from(
      { length: 20 },
      (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`,
    ).join('');
    const body = `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "x">${entities}]>${rss(['<item><guid>1</guid><title>&e20;</title></item>'])}`;
    const server = await localServer({ body });
    const started = performance.now();
    const records = await readAll(readerOf(server.url)).then(recordsOf, () => []);
    expect(records.map(({ payload }) => payload.length < 10_000)).not.toContain(false);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test.each<[string, Reply]>([
    [
      'valid UTF-8, whatever is declared',
      { headers: { 'content-type': 'text/xml; charset=iso-8859-1' }, body: encoded('é', 'utf8') },
    ],
    [
      'the charset of the answer',
      { headers: { 'content-type': 'text/xml; charset=iso-8859-1' }, body: encoded('é', 'latin1') },
    ],
    ['the declaration of the document', { body: encoded('é', 'latin1', 'iso-8859-1') }],
    [
      'a wrong charset, and a right declaration',
      {
        headers: { 'content-type': 'text/xml; charset=utf-8' },
        body: encoded('é', 'latin1', 'windows-1252'),
      },
    ],
    [
      'windows-1252 if nothing is declared',
      { headers: { 'content-type': 'text/xml' }, body: encoded('é', 'latin1') },
    ],
    ['a byte order mark', { body: Buffer.from(`\uFEFF${encoded('é', 'utf8').toString()}`, 'utf16le') }],
  ])('pitfall 33: %s', async (_, reply) => {
    const { records, batches } = await readOne(reply);
    expect(records).toEqual([{ id: '1', title: 'é' }]);
    expect(warningsOf(batches)).toEqual([]);
  });

  test('pitfall 33: a declared encoding that is neither', async () => {
    const title = Buffer.from([0xc4, 0xd6]);
    const [start, end] = encoded('#', 'utf8', 'koi8-r').toString().split('#');
    const { records } = await readOne({
      body: Buffer.concat([Buffer.from(start!), title, Buffer.from(end!)]),
    });
    expect(records).toEqual([{ id: '1', title: 'дж' }]);
  });

  test('pitfall 33: UTF-8 with single bad bytes stays UTF-8, and they are counted', async () => {
    const parts = encoded('é#ü', 'utf8', 'utf-8').toString().split('#');
    const body = Buffer.concat([Buffer.from(parts[0]!), Buffer.from([0xff]), Buffer.from(parts[1]!)]);
    const { records, batches } = await readOne({ body });
    expect(records).toEqual([{ id: '1', title: 'é\uFFFDü' }]);
    expect(warningsOf(batches)).toEqual(['1 damaged characters became \uFFFD']);
  });
});

describe('what is remembered of a feed', () => {
  test('promise 32, pitfall 25: both validators of every 200 and 304 are stored and sent, as they are', async () => {
    const body = rss([item({ id: '1' })]);
    const server = await localServer({
      headers: { etag: 'W/"a"', 'last-modified': 'Mon, 05 Oct 2026 12:00:00 GMT' },
      body,
    });
    const reader = readerOf(server.url);
    const first = await readAll(reader);
    server.serve({ status: 304, headers: { 'last-modified': 'Tue, 06 Oct 2026 12:00:00 GMT' } });
    const second = await readAll(reader, checkpointOf(first));
    expect(second.at(-1)!.end).toEqual({ outcome: 'unchanged', isWhole: false });
    expect(server.received.at(-1)).toMatchObject({
      'if-none-match': 'W/"a"',
      'if-modified-since': 'Mon, 05 Oct 2026 12:00:00 GMT',
    });
    await readAll(reader, checkpointOf(second));
    expect(server.received.at(-1)).toMatchObject({
      'if-none-match': 'W/"a"',
      'if-modified-since': 'Tue, 06 Oct 2026 12:00:00 GMT',
    });
    server.serve({ headers: { etag: '"b"' }, body: rss([item({ id: '2' })]) });
    const third = await readAll(reader, checkpointOf(second));
    await readAll(reader, checkpointOf(third));
    expect(server.received.at(-1)).toMatchObject({ 'if-none-match': '"b"' });
    expect(server.received.at(-1)).not.toHaveProperty('if-modified-since');
  });

  test('pitfall 26: a 200 with the stored ETag but another body is read', async () => {
    const server = await localServer({ headers: { etag: '"a"' }, body: rss([item({ id: '1' })]) });
    const first = await readAll(readerOf(server.url));
    server.serve({
      status: 203,
      headers: { etag: '"a"' },
      body: rss([item({ id: '1' }), item({ id: '2' })]),
    });
    expect(keysOf(await readAll(readerOf(server.url), checkpointOf(first)))).toEqual(['1', '2']);
  });

  test('a server without validators that sends the same document again is unchanged', async () => {
    const server = await localServer({ body: rss([item({ id: '1' })]) });
    const first = await readAll(readerOf(server.url));
    const second = await readAll(readerOf(server.url), checkpointOf(first));
    expect([recordsOf(second), second.at(-1)!.end!.outcome]).toEqual([[], 'unchanged']);
  });

  test('pitfall 41: an entry that was edited without a new date comes again', async () => {
    const date = 'Mon, 05 Oct 2026 12:00:00 GMT';
    const server = await localServer({ body: rss([item({ id: '1', date })]) });
    const first = await readAll(readerOf(server.url));
    server.serve({ body: rss([item({ id: '1', date, title: 'edited' })]) });
    const second = recordsOf(await readAll(readerOf(server.url), checkpointOf(first)));
    expect(second.map((record) => [record.key, record.item!.title])).toEqual([['1', 'edited']]);
    expect(checkpointOf(first).value).toBe('2026-10-05T12:00:00.000Z');
  });

  test('pitfall 38: entries may have been missed if no entry of the last document is left', async () => {
    const server = await localServer({ body: rss([item({ id: '1' }), item({ id: '2' })]) });
    const first = await readAll(readerOf(server.url));
    expect(warningsOf(first)).toEqual([]);
    server.serve({ body: rss([item({ id: '2' }), item({ id: '3' })]) });
    const second = await readAll(readerOf(server.url), checkpointOf(first));
    expect(warningsOf(second)).toEqual([]);
    server.serve({ body: rss([item({ id: '4' }), item({ id: '5' })]) });
    const third = await readAll(readerOf(server.url), checkpointOf(second));
    expect(warningsOf(third)).toEqual([
      'entries may have been missed: set a shorter every of news in sources.yaml',
    ]);
  });

  test('promise 32, pitfall 36: a permanent redirect is followed at once, and told after a week, without its query', async () => {
    const body = rss([item({ id: '1' })]);
    const server = await localServer({ status: 301, headers: { location: '/new?key=secret' } });
    server.serve({ status: 301, headers: { location: '/new?key=secret' } }, { '/new?key=secret': { body } });
    const clock = fakeClock();
    const reader = readerOf(server.url, {}, localRequester(), clock);
    const first = await readAll(reader);
    expect([keysOf(first), warningsOf(first)]).toEqual([['1'], []]);
    clock.pass(9 * DAY_MS);
    const second = await readAll(reader, checkpointOf(first));
    expect(warningsOf(second)).toEqual([
      `moved for 9 days to ${server.url}/new: change url of news in sources.yaml`,
    ]);
    expect(JSON.stringify(second)).not.toContain('secret');
    server.serve({ body });
    const third = await readAll(reader, checkpointOf(second));
    expect(warningsOf(third)).toEqual([]);
    server.serve({ status: 301, headers: { location: '/new' } }, { '/new': { body } });
    expect(warningsOf(await readAll(reader, checkpointOf(third)))).toEqual([]);
  });

  test('promise 32, pitfall 37: 410 ends the feed', async () => {
    const server = await localServer({ body: rss([item({ id: '1' })]) });
    const first = await readAll(readerOf(server.url));
    server.serve({ status: 410 });
    const second = await readAll(readerOf(server.url), checkpointOf(first));
    expect(second.at(-1)!.end).toEqual({ outcome: 'gone', isWhole: false });
    expect(checkpointOf(second).value).toBe(checkpointOf(first).value);
  });

  test.each([
    ['nothing', {}, '', undefined],
    ['ttl', {}, '<ttl>90</ttl>', 90],
    ['max-age', { 'cache-control': 'public, max-age=7200' }, '<ttl>90</ttl>', 120],
    ['Expires', { expires: new Date(Date.now() + 7_199_000).toUTCString() }, '', 120],
    ['an Expires that is past', { expires: 'Mon, 05 Oct 2020 12:00:00 GMT' }, '', undefined],
    ['a year', { 'cache-control': 'max-age=31536000' }, '<ttl>0</ttl>', 24 * 60],
  ])('promise 32: the pause that a feed wants is reported: %s', async (_, headers, ttl, minutes) => {
    const body = rss([item({ id: '1' })]).replace('<title>t</title>', `<title>t</title>${ttl}`);
    const server = await localServer({ headers: { etag: '"1"', ...headers }, body });
    const reader = readerOf(server.url, {}, realRequester(server.url));
    const pause = minutes === undefined ? {} : { minPause: minutes * MINUTE_MS };
    const first = await readAll(reader);
    expect(first.at(-1)!.end).toEqual({ outcome: 'read', isWhole: true, ...pause });
    const second = await readAll(reader, checkpointOf(first));
    expect(second.at(-1)!.end).toEqual({ outcome: 'unchanged', isWhole: false, ...pause });
    expect(checkpointOf(second)).toEqual(checkpointOf(first));
  });

  test('with Expires: 0 the validators are not used', async () => {
    const server = await localServer({
      headers: { etag: '"1"', expires: '0' },
      body: rss([item({ id: '1' })]),
    });
    const reader = readerOf(server.url, {}, realRequester(server.url));
    const first = await readAll(reader);
    expect((await readAll(reader, checkpointOf(first))).at(-1)!.end!.outcome).toBe('unchanged');
    expect(server.received.at(-1)).not.toHaveProperty('if-none-match');
  });

  test('nothing of a feed is remembered before all of it was read', async () => {
    const ids = Array.from({ length: 1500 }, (_, n) => `${n}`);
    const server = await localServer({ headers: { etag: '"1"' }, body: rss(ids.map((id) => item({ id }))) });
    const [first] = await readAll(readerOf(server.url));
    expect([first!.records.length, first!.checkpoint.validators]).toEqual([1000, { feed: {} }]);
    const rest = await readAll(readerOf(server.url), first!.checkpoint);
    expect(keysOf(rest)).toHaveLength(1500);
  });
});

function readerOf(
  url: string,
  settings: Readonly<Record<string, unknown>> = {},
  requester = localRequester(),
  clock = fakeClock(),
): ItemReader {
  return createRssReader({
    id: 'news',
    settings: rssEntry.parse({ url: `${url}/`, ...settings }),
    requester,
    mapper: plainMapper,
    clock,
  });
}

function realRequester(url: string): Requester {
  return createRequester(
    { id: 'news', type: 'rss', url, headers: {}, auth: undefined },
    requesterTools(fakeClock()),
  );
}

async function readOne(reply: Reply) {
  const server = await localServer(reply);
  const batches = await readAll(readerOf(server.url));
  const records = recordsOf(batches).map(({ payload }) => withoutNulls(JSON.parse(payload) as object));
  return { server, batches, records };
}

function withoutNulls(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

function warningsOf(batches: readonly ItemBatch[]): string[] {
  return batches.flatMap(({ warnings }) => warnings);
}

function checkpointOf(batches: readonly ItemBatch[]): Checkpoint {
  return JSON.parse(JSON.stringify(batches.at(-1)!.checkpoint)) as Checkpoint;
}

function rss(items: readonly string[]): string {
  return `<rss version="2.0"><channel><title>t</title>${items.join('')}</channel></rss>`;
}

function item(fields: {
  readonly id: string;
  readonly link?: string;
  readonly date?: string;
  readonly title?: string;
}): string {
  const { id, link, date, title = 'title' } = fields;
  const parts = [
    `<guid isPermaLink="false">${id}</guid><title>${title}</title>`,
    ...(link === undefined ? [] : [`<link>${link}</link>`]),
    ...(date === undefined ? [] : [`<pubDate>${date}</pubDate>`]),
  ];
  return `<item>${parts.join('')}</item>`;
}

/** A feed with one entry. @param declared the encoding in its XML declaration. */
function encoded(title: string, encoding: BufferEncoding, declared?: string): Buffer {
  const declaration = declared === undefined ? '' : `<?xml version="1.0" encoding="${declared}"?>`;
  return Buffer.from(
    `${declaration}${rss([`<item><guid>1</guid><title>${title}</title></item>`])}`,
    encoding,
  );
}
