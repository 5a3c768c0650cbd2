import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Fault, SandboxOptions } from '../../../src/sandbox/trestle/index.ts';
import { type Client, connect, text } from './client.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

type Media = { readonly key: string; readonly url: string; readonly type: string };

async function listMedia(client: Client): Promise<Media[]> {
  const { rows } = await client.query('Media', { $top: 1000, $orderby: 'MediaKey asc' });
  return rows.map((row) => ({
    key: text(row['MediaKey']),
    url: text(row['MediaURL']),
    type: text(row['MediaType']),
  }));
}

async function start(options: SandboxOptions = {}): Promise<{ client: Client; photo: Media }> {
  const client = await connect({ listings: 20, ...options });
  const photo = (await listMedia(client)).find(({ type }) => type === 'Jpeg')!;
  return { client, photo };
}

async function load(url: string, headers: Record<string, string> = {}): Promise<[Response, Buffer]> {
  const response = await fetch(url, { headers });
  return [response, Buffer.from(await response.arrayBuffer())];
}

async function loadWith(fault: Fault): Promise<[Response, Buffer]> {
  const { client, photo } = await start();
  client.sandbox.faults.add(fault);
  return load(photo.url);
}

describe('a media file', () => {
  test('has the bytes that the sandbox reports, of the type of its media', async () => {
    const { client } = await start({ listings: 300, mediaMinuteQuota: 10_000 });
    const media = await listMedia(client);
    const types = new Set<string>();
    for (const { key, url } of media.filter(({ type }, i) => type !== 'Jpeg' || i < 20)) {
      const [response, bytes] = await load(url);
      const file = client.sandbox.file(key)!;
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe(file.contentType);
      expect(sha256(bytes)).toBe(sha256(file.bytes));
      types.add(file.extension);
    }
    expect([...types].sort()).toEqual(['jpg', 'mp4', 'pdf']);
  });

  test.each([2, 20, 200])('of %d KB on average has about this size, and is whole', async (mediaKilobytes) => {
    const { client } = await start({ listings: 100, mediaKilobytes });
    const photos = (await listMedia(client)).filter(({ type }) => type === 'Jpeg');
    const sizes = photos.map(({ key }) => {
      const { bytes } = client.sandbox.file(key)!;
      expect([bytes.readUInt16BE(0), bytes.readUInt16BE(bytes.length - 2)]).toEqual([0xffd8, 0xffd9]);
      return bytes.length / 1000;
    });
    const average = sizes.reduce((a, b) => a + b) / sizes.length;
    expect(average).toBeGreaterThan(mediaKilobytes * 0.8);
    expect(average).toBeLessThan(mediaKilobytes * 1.25);
    expect(new Set(photos.map(({ key }) => sha256(client.sandbox.file(key)!.bytes))).size).toBe(sizes.length);
  });

  test('is refused with an altered or expired address, and once its media is gone', async () => {
    let now = Date.now();
    const { client, photo } = await start({ mediaSeconds: 60, now: () => now });
    expect((await load(photo.url.replace('sig=', 'sig=x')))[0].status).toBe(403);
    expect((await load(photo.url.replace(/exp=\d/, 'exp=9')))[0].status).toBe(403);
    expect((await load(photo.url))[0].status).toBe(200);
    now += 61_000;
    expect((await load(photo.url))[0].status).toBe(403);
    const again = (await listMedia(client)).find(({ key }) => key === photo.key)!;
    expect((await load(again.url))[0].status).toBe(200);
    client.sandbox.feed.remove('Media', photo.key);
    expect((await load(again.url))[0].status).toBe(404);
  });

  test('has a state: 304 if it is known, 206 for a range', async () => {
    const { client, photo } = await start();
    const [whole, bytes] = await load(photo.url);
    const etag = whole.headers.get('etag')!;
    expect((await load(photo.url, { 'if-none-match': etag }))[0].status).toBe(304);
    const since = whole.headers.get('last-modified')!;
    expect((await load(photo.url, { 'if-modified-since': since }))[0].status).toBe(304);
    const [part, some] = await load(photo.url, { range: 'bytes=10-19' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${bytes.length}`]);
    expect(some).toEqual(bytes.subarray(10, 20));
    client.sandbox.faults.add({ kind: 'no-validators' });
    const [blind] = await load(photo.url);
    expect([blind.headers.get('etag'), blind.headers.get('last-modified')]).toEqual([null, null]);
  });

  test('has a quota with separate headers, and 429 with Retry-After', async () => {
    const now = Date.UTC(2026, 5, 1, 12, 0, 20);
    const { client, photo } = await start({ mediaMinuteQuota: 2, now: () => now });
    const [first] = await load(photo.url);
    expect(first.headers.get('quotatype')).toBe('Media');
    expect(first.headers.get('minute-quota-limit')).toBe('2.0');
    expect(first.headers.get('minute-quota-available')).toBe('1');
    expect(first.headers.get('hour-quota-available')).toBe('17999');
    await load(photo.url);
    const [third] = await load(photo.url);
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '40']);
    expect((await client.query('Property', {})).status).toBe(200);
  });

  test('is redirected to an origin that refuses a token', async () => {
    const { client, photo } = await start({ mediaRedirect: true });
    const [response, bytes] = await load(photo.url);
    expect(new URL(response.url).origin).not.toBe(new URL(photo.url).origin);
    expect(sha256(bytes)).toBe(sha256(client.sandbox.file(photo.key)!.bytes));
    expect((await load(response.url, { authorization: `Bearer ${client.token}` }))[0].status).toBe(400);
    const seen = client.sandbox.requests.filter(({ file }) => file !== undefined);
    expect(seen).toMatchObject([
      { kind: 'file', status: 302, file: { key: photo.key, hasToken: false } },
      { kind: 'cdn', status: 200, file: { key: photo.key, hasToken: false } },
      { kind: 'cdn', status: 400, file: { key: photo.key, hasToken: true } },
    ]);
  });

  test('is described to another process', async () => {
    const { client, photo } = await start();
    const address = new URL(`/sandbox/files/${photo.key}`, client.sandbox.url);
    const facts: Record<string, unknown> = JSON.parse(await (await fetch(address)).text());
    const [response, bytes] = await load(text(facts['url']));
    expect(facts).toMatchObject({
      key: photo.key,
      contentType: 'image/jpeg',
      extension: 'jpg',
      bytes: bytes.length,
      sha256: sha256(bytes),
      etag: response.headers.get('etag'),
    });
    expect((await fetch(new URL('/sandbox/files/1', client.sandbox.url))).status).toBe(404);
  });
});

test('changed photos: new files under old keys, with and without a new timestamp, new keys, removed ones', async () => {
  const { client } = await start({ listings: 30, mediaPerListing: 6 });
  const { feed } = client.sandbox;
  const state = (): Map<string, [string, unknown]> =>
    new Map(
      [...feed.records('Media')].map((record) => {
        const key = text(record['MediaKey']);
        return [key, [sha256(client.sandbox.file(key)!.bytes), record['MediaModificationTimestamp']]];
      }),
    );
  const before = state();
  feed.changePhotos(12);
  const after = state();
  const kept = [...after].filter(([key]) => before.has(key));
  const altered = kept.filter(([key, [hash]]) => before.get(key)![0] !== hash);
  const silent = altered.filter(([key, [, at]]) => before.get(key)![1] === at);
  expect([...after.keys()].some((key) => !before.has(key))).toBe(true);
  expect([...before.keys()].some((key) => !after.has(key))).toBe(true);
  expect(silent.length).toBeGreaterThan(0);
  expect(altered.length).toBeGreaterThan(silent.length);
});

describe('a fault of a file', () => {
  test.each<[Fault, number]>([
    [{ kind: 'status', status: 404, resource: 'file' }, 404],
    [{ kind: 'status', status: 410, resource: 'file' }, 410],
    [{ kind: 'status', status: 500, resource: 'file' }, 500],
    [{ kind: 'rate-limit', resource: 'file', retryAfter: 3 }, 429],
    [{ kind: 'html', resource: 'file' }, 200],
    [{ kind: 'empty', resource: 'file' }, 200],
  ])('%j', async (fault, status) => {
    const [response, bytes] = await loadWith(fault);
    expect(response.status).toBe(status);
    if (status === 429) expect(response.headers.get('retry-after')).toBe('3');
    if (fault.kind === 'html') expect(response.headers.get('content-type')).toBe('text/html');
    if (fault.kind === 'empty') expect(bytes).toHaveLength(0);
  });

  test.each<Fault>([
    { kind: 'cut', bytes: 500 },
    { kind: 'truncate', resource: 'file' },
    { kind: 'wrong-length', by: 100 },
    { kind: 'reset', resource: 'file' },
  ])('%j breaks the connection', async (fault) => {
    await expect(loadWith(fault)).rejects.toThrow(TypeError);
  });

  test.each<Fault>([{ kind: 'stall', bytes: 500 }, { kind: 'endless' }, { kind: 'hang', resource: 'file' }])(
    '%j never ends',
    async (fault) => {
      const { client, photo } = await start();
      client.sandbox.faults.add(fault);
      const signal = AbortSignal.timeout(300);
      await expect(fetch(photo.url, { signal }).then((each) => each.arrayBuffer())).rejects.toThrow(
        'timeout',
      );
    },
  );

  test('half-file, png and wrong-type send other bytes', async () => {
    const [half, cut] = await loadWith({ kind: 'half-file' });
    expect(Number(half.headers.get('content-length'))).toBe(cut.length);
    expect(cut.readUInt16BE(0)).toBe(0xffd8);
    expect(cut.readUInt16BE(cut.length - 2)).not.toBe(0xffd9);
    const [other, png] = await loadWith({ kind: 'png' });
    expect([other.headers.get('content-type'), png.toString('latin1', 1, 4)]).toEqual(['image/jpeg', 'PNG']);
    expect((await loadWith({ kind: 'wrong-type' }))[1].toString('latin1', 0, 2)).toBe('MZ');
    expect((await loadWith({ kind: 'wrong-length', by: -7 }))[1].length).toBeGreaterThan(1000);
  });

  test('trickle sends slowly', async () => {
    const { client, photo } = await start({ mediaKilobytes: 2 });
    client.sandbox.faults.add({ kind: 'trickle', bytesPerSecond: 20_000 });
    const begin = performance.now();
    await load(photo.url);
    expect(performance.now() - begin).toBeGreaterThan(50);
  });

  test('affects only the media that it names, and never data', async () => {
    const { client, photo } = await start();
    const other = (await listMedia(client)).at(-1)!;
    client.sandbox.faults.add({ kind: 'status', status: 500, resource: 'file', media: other.key });
    client.sandbox.faults.add({ kind: 'half-file', media: other.key });
    expect((await client.query('Property', {})).status).toBe(200);
    expect((await load(photo.url))[0].status).toBe(200);
    expect((await load(other.url))[0].status).toBe(500);
  });
});
