import { describe, expect, test } from 'vitest';
import { connect, type Row, text } from './client.ts';

const rank = (value: unknown): number => (value === null ? -Infinity : Number(value));
const unsigned = (row: Row): object => ({ ...row, MediaURL: null });

describe('a query', () => {
  test('answers ten rows unless set, and at most as many as the server allows', async () => {
    const client = await connect({ listings: 30, maxPage: 20 });
    expect((await client.query('Property', {})).rows).toHaveLength(10);
    expect((await client.query('Property', { $top: 20 })).rows).toHaveLength(20);
    expect((await client.query('Property', { $top: 21 })).status).toBe(400);
  });

  test('of index fields only may request 300,000 rows', async () => {
    const client = await connect({ listings: 1500 });
    const wide = await client.query('Property', { $select: 'ListingKey,PhotosCount', $top: 300_000 });
    expect(wide.rows).toHaveLength(1500);
    expect(wide.next).toBeUndefined();
    expect((await client.query('Property', { $select: 'ListingKey', $top: 300_001 })).status).toBe(400);
    expect((await client.query('Property', { $select: 'ListingKey,City', $top: 1001 })).status).toBe(400);
  });

  test('that reaches a million rows is refused', async () => {
    const client = await connect();
    expect((await client.query('Property', { $skip: 999_990, $top: 9 })).status).toBe(200);
    expect((await client.query('Property', { $skip: 999_990, $top: 10 })).status).toBe(400);
    expect((await client.query('Property', { $skip: 999_990 })).status).toBe(400);
  });

  test('counts all matches, regardless of the page', async () => {
    const client = await connect({ listings: 60 });
    const all = [...client.sandbox.feed.records('Property')];
    const active = all.filter((record) => record['StandardStatus'] === 'Active').length;
    const $filter = "StandardStatus eq 'Active'";
    const answer = await client.query('Property', { $filter, $count: true, $top: 0 });
    expect([answer.count, answer.rows, answer.next]).toEqual([active, [], undefined]);
    expect((await client.query('Property', { $filter, $count: true, $top: 3, $skip: 2 })).count).toBe(active);
    expect((await client.query('Property', { $top: 3 })).count).toBeUndefined();
  });

  test('gets the fields it selects and no others', async () => {
    const client = await connect();
    const { rows } = await client.query('Property', { $select: 'ListingKey,City', $top: 3 });
    expect(rows.map((row) => Object.keys(row))).toEqual([1, 2, 3].map(() => ['ListingKey', 'City']));
    const media = await client.query('Media', { $select: 'MediaURL', $top: 1 });
    expect(Object.keys(media.rows[0]!)).toEqual(['MediaURL']);
    const unknown = await client.query('Property', { $select: 'ListingKey,Colour' });
    expect([unknown.status, unknown.error]).toEqual([
      400,
      "Property 'Colour' of 'Property' is not in metadata.",
    ]);
  });

  test('orders by several fields, nulls first', async () => {
    const client = await connect({ listings: 90 });
    const $orderby = 'BedroomsTotal desc,City,ListPrice asc';
    const { rows } = await client.query('Property', { $orderby, $top: 90 });
    const sorted = [...rows].sort(
      (a, b) =>
        Math.sign(rank(b['BedroomsTotal']) - rank(a['BedroomsTotal']) || 0) ||
        (text(a['City']) < text(b['City']) ? -1 : Number(text(a['City']) > text(b['City']))) ||
        rank(a['ListPrice']) - rank(b['ListPrice']),
    );
    expect(rows.at(-1)?.['BedroomsTotal']).toBeNull();
    expect(rows).toEqual(sorted);
    expect((await client.query('Property', { $orderby: 'City sideways' })).status).toBe(400);
    expect((await client.query('Property', { $orderby: 'Colour' })).status).toBe(400);
  });

  test('includes a change in an order that was requested before', async () => {
    const client = await connect({ listings: 20 });
    const wanted = { $orderby: 'City,ListingKey', $top: 20, $select: 'ListingKey,City' };
    const before = (await client.query('Property', wanted)).rows;
    const moved = client.sandbox.feed.get('Property', text(before[0]?.['ListingKey']))!;
    client.sandbox.feed.put('Property', { ...moved, City: 'Zzyzx' });
    const after = (await client.query('Property', wanted)).rows;
    expect(after).toHaveLength(20);
    expect(after.at(-1)).toEqual({ ListingKey: moved['ListingKey'], City: 'Zzyzx' });
  });

  test('expands media, with separate options', async () => {
    const client = await connect({ listings: 20 });
    const $expand =
      "Media($select=MediaKey,Order;$filter=Order gt 1 and MediaCategory ne 'x;y';$orderby=Order desc;$top=2)";
    const { rows } = await client.query('Property', { $expand, $select: 'ListingKey,PhotosCount', $top: 20 });
    for (const row of rows) {
      const photos = Number(row['PhotosCount']);
      const orders = Array.from({ length: photos }, (_, i) => photos - i).filter((order) => order > 1);
      const media = row['Media'] as Row[];
      expect(media.map((each) => each['Order'])).toEqual(orders.slice(0, 2));
      expect(media.every((each) => Object.keys(each).length === 2)).toBe(true);
    }
    expect(rows.some((row) => Number(row['PhotosCount']) > 2)).toBe(true);
    expect((await client.query('Property', { $expand: 'Cellars' })).status).toBe(400);
  });

  test('finds the media of listings by their keys', async () => {
    const client = await connect({ listings: 20 });
    const wanted = [...client.sandbox.feed.records('Property')]
      .slice(3, 9)
      .map((record) => text(record['ListingKey']));
    const $filter = `ResourceRecordKey in (${wanted.map((key) => `'${key}'`).join(',')})`;
    const { rows } = await client.query('Media', { $filter, $top: 1000 });
    const expected = [...client.sandbox.feed.records('Media')].filter((record) =>
      wanted.includes(text(record['ResourceRecordKey'])),
    );
    expect(new Set(rows.map((row) => row['MediaKey']))).toEqual(
      new Set(expected.map((record) => record['MediaKey'])),
    );
    expect(rows).toHaveLength(expected.length);
    expect(rows.length).toBeGreaterThan(0);
  });

  test('can name one record', async () => {
    const client = await connect();
    const [record] = client.sandbox.feed.records('Property');
    const answer = await client.get(`/Property('${text(record?.['ListingKey'])}')`);
    expect(answer.body).toMatchObject(client.sandbox.feed.serve('Property', record!));
    expect((await client.get("/Property('nobody')")).status).toBe(404);
  });

  test.each([
    ['/Nothing', 404],
    ['/Contacts', 403],
    ['/Property/Media', 404],
    ['/Property?$search=pool', 400],
    ['/Property?pretty=1', 400],
    ['/Property?$top=ten', 400],
    ['/Property?$top=-1', 400],
    ['/Property?$count=maybe', 400],
    ['/Property?$top=1&$top=2', 400],
    ['/Property?$filter=%zz', 400],
    ['/Property?$skip=5&replication=true', 400],
  ])('that the server does not support is refused: %s → %i', async (target, status) => {
    const client = await connect({ listings: 1 });
    const answer = await client.get(target);
    expect(answer.status).toBe(status);
    expect(answer.error).toBeTypeOf('string');
  });

  test('is answered with every field, numbers with their original text, and unchanged strings', async () => {
    const client = await connect({ listings: 400, oddValues: true });
    const { feed } = client.sandbox;
    const answer = await client.query('Property', { $top: 400, $orderby: 'ListingKey' });
    const stored = [...feed.records('Property')].map((record) => feed.serve('Property', record));
    stored.sort((a, b) => (text(a['ListingKey']) < text(b['ListingKey']) ? -1 : 1));
    expect(answer.rows).toEqual(stored);
    expect(answer.text).toContain('"ListPrice":308000.0,');
    expect(answer.text).toContain('"ListPrice":-1.0,');
    expect(new Set(answer.rows.map((row) => Object.keys(row).length)).size).toBe(1);
  });

  test('gets media addresses that were signed for it alone', async () => {
    const client = await connect({ now: () => Date.UTC(2026, 3, 1) });
    const seen = new Set<unknown>();
    for (let turn = 0; turn < 3; turn++) {
      const plain = await client.query('Media', { $top: 50 });
      const expanded = await client.query('Property', { $top: 50, $expand: 'Media' });
      const media = [...plain.rows, ...expanded.rows.flatMap((row) => row['Media'] as Row[])];
      const before = seen.size;
      for (const row of media) seen.add(row['MediaURL']);
      expect(seen.size - before).toBe(media.length);
    }
    const [first, second] = [await client.query('Media', {}), await client.query('Media', {})];
    expect(first.rows.map(unsigned)).toEqual(second.rows.map(unsigned));
  });
});

describe('the service', () => {
  test('describes itself', async () => {
    const client = await connect();
    const { text: xml, headers } = await client.get('/$metadata');
    expect(headers.get('content-type')).toContain('xml');
    expect(xml).toContain('<Schema Namespace="Cotality.DataStandard.RESO.DD"');
    expect(xml).toContain('<Property Name="ListPrice" Type="Edm.Decimal" Precision="14" Scale="2" />');
    expect(xml).toContain('<Property Name="PoolFeatures" Type="Edm.String"');
    const { rows } = await client.query('Property', { $top: 1 });
    for (const name of Object.keys(rows[0]!)) expect(xml).toContain(`<Property Name="${name}" `);
    expect((await client.get('/DataSystem')).rows).toHaveLength(1);
  });

  test('compresses if the client accepts it', async () => {
    const client = await connect();
    const headers = { authorization: `Bearer ${client.token}` };
    const ask = (encoding: string): Promise<Response> =>
      fetch(`${client.sandbox.url}/Property`, { headers: { ...headers, 'accept-encoding': encoding } });
    expect((await ask('gzip')).headers.get('content-encoding')).toBe('gzip');
    const plain = await ask('identity');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.headers.get('content-length')).toBe(String((await plain.arrayBuffer()).byteLength));
  });
});
