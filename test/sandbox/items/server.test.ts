import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ItemsFault } from '../../../src/sandbox/items/index.ts';
import { control, getBytes, startItems } from './helpers.ts';

const FEED = '/feeds/rss.xml';

describe('conditional requests', () => {
  test('304 while nothing changed, by ETag and by time', async () => {
    const sandbox = await startItems({ records: 20 });
    const url = sandbox.url + FEED;
    const { headers } = await fetch(url);
    const [etag, modified] = [headers.get('etag')!, headers.get('last-modified')!];
    const status = async (conditions: Record<string, string>): Promise<number> =>
      (await fetch(url, { headers: conditions })).status;
    expect(await status({ 'If-None-Match': etag })).toBe(304);
    expect(await status({ 'If-Modified-Since': modified })).toBe(304);
    sandbox.collection('news').edit(1);
    expect(await status({ 'If-None-Match': etag })).toBe(200);
    expect(await status({ 'If-Modified-Since': modified })).toBe(200);
  });

  test('the query selects what identifies the state', async () => {
    const { url } = await startItems({ records: 5 });
    const seen = async (validators: string): Promise<(string | null)[]> => {
      const { headers } = await fetch(`${url}${FEED}?validators=${validators}`);
      return [headers.get('etag'), headers.get('last-modified')];
    };
    expect(await seen('none')).toEqual([null, null]);
    expect(await seen('etag')).toEqual([expect.stringMatching(/^"\w+"$/), null]);
    expect(await seen('weak')).toEqual([expect.stringMatching(/^W\/"\w+"$/), null]);
    expect(await seen('modified')).toEqual([null, expect.stringMatching(/GMT$/)]);
  });

  test('two changes in one second have two times', async () => {
    const sandbox = await startItems({ records: 5, clock: () => Date.UTC(2026, 8, 1) });
    const news = sandbox.collection('news');
    const seen = new Set([news.modifiedAt]);
    for (let n = 0; n < 3; n += 1) seen.add((news.edit(1), news.modifiedAt));
    expect(seen.size).toBe(4);
  });
});

describe('an answer', () => {
  test('is compressed if the client accepts it', async () => {
    const { url } = await startItems({ records: 50 });
    const plain = await getBytes(url + FEED, { 'Accept-Encoding': 'identity' });
    const packed = await new Promise<Buffer>((resolve, reject) => {
      get(url + FEED, { headers: { 'Accept-Encoding': 'gzip' } }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => resolve(Buffer.concat(chunks)));
      }).on('error', reject);
    });
    expect(gunzipSync(packed).equals(plain)).toBe(true);
  });

  test('redirects to any address, and 410 is there', async () => {
    const sandbox = await startItems({ records: 5 });
    for (const status of [301, 302, 303, 307, 308]) {
      const to = `${sandbox.otherUrl}${FEED}`;
      const url = `${sandbox.url}/redirect/${status}?to=${encodeURIComponent(to)}`;
      const answer = await fetch(url, { redirect: 'manual' });
      expect([answer.status, answer.headers.get('location')]).toEqual([status, to]);
    }
    const followed = await fetch(
      `${sandbox.url}/redirect/301?to=${encodeURIComponent(sandbox.otherUrl + FEED)}`,
    );
    expect([followed.status, followed.url]).toEqual([200, sandbox.otherUrl + FEED]);
    expect(sandbox.requests.at(-1)).toMatchObject({ origin: 'other', path: FEED });
    expect((await fetch(`${sandbox.url}/status/410`)).status).toBe(410);
  });

  test('exists for GET and HEAD only, and at known addresses', async () => {
    const { url } = await startItems({ records: 5 });
    expect((await fetch(url + FEED, { method: 'POST' })).status).toBe(405);
    const head = await fetch(url + FEED, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const path of ['/', '/feeds/other.xml', '/feeds/odd/toString.xml', '/csv/other/roster.csv'])
      expect((await fetch(url + path)).status).toBe(404);
  });

  test('is counted and recorded with the headers of its request', async () => {
    const sandbox = await startItems({ records: 5 });
    await fetch(`${sandbox.url}${FEED}?a=1`, { headers: { 'X-Test': 'yes' } });
    await fetch(sandbox.url + FEED);
    expect(sandbox.count(FEED)).toBe(2);
    expect(sandbox.requests[0]).toMatchObject({
      path: FEED,
      query: '?a=1',
      headers: { 'x-test': 'yes' },
      status: 200,
    });
    expect(await control(sandbox, 'GET', 'counts')).toEqual({ [FEED]: 2 });
    await control(sandbox, 'DELETE', 'requests');
    expect([sandbox.count(FEED), sandbox.requests]).toEqual([0, []]);
  });
});

describe('faults', () => {
  test.each(['7', new Date(Date.UTC(2030, 0, 1)).toUTCString()])(
    '429 with Retry-After: %s',
    async (retryAfter) => {
      const sandbox = await startItems({ records: 5 });
      await control(sandbox, 'POST', 'fault', {
        kind: 'status',
        status: 429,
        retryAfter,
        path: FEED,
        skip: 1,
      });
      const seen: unknown[] = [];
      for (let n = 0; n < 3; n += 1) {
        const answer = await fetch(sandbox.url + FEED);
        seen.push([answer.status, answer.headers.get('retry-after')]);
      }
      expect(seen).toEqual([
        [200, null],
        [429, retryAfter],
        [200, null],
      ]);
    },
  );

  test.each<ItemsFault>([{ kind: 'cut', bytes: 100 }, { kind: 'reset' }])(
    '$kind breaks the connection',
    async (fault) => {
      const sandbox = await startItems({ records: 50 });
      sandbox.faults.add(fault);
      await expect(getBytes(sandbox.url + FEED)).rejects.toThrow(/terminated|fetch failed/);
      expect(sandbox.requests[0]!.bytes).toBe(fault.kind === 'cut' ? 100 : 0);
    },
  );

  test('half a body, none, a login page, another type, a late and a slow one', async () => {
    const sandbox = await startItems({ records: 50 });
    const url = sandbox.url + FEED;
    const whole = (await getBytes(url)).toString();
    sandbox.faults.add({ kind: 'half' });
    const half = (await getBytes(url)).toString();
    expect([whole.startsWith(half), half.length < whole.length]).toEqual([true, true]);
    sandbox.faults.add({ kind: 'empty' });
    expect(await getBytes(url)).toHaveLength(0);
    sandbox.faults.add({ kind: 'html' });
    const page = await fetch(url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(await page.text()).toMatch(/^<!DOCTYPE html>/);
    sandbox.faults.add({ kind: 'type', type: 'text/plain' });
    expect((await fetch(url)).headers.get('content-type')).toBe('text/plain');

    for (const fault of [
      { kind: 'delay', ms: 200 },
      { kind: 'slow', bytesPerSecond: 10_000 },
    ] as const) {
      sandbox.faults.add(fault);
      const startedAt = performance.now();
      await getBytes(url);
      expect(performance.now() - startedAt).toBeGreaterThan(150);
    }
  });

  test('are refused if unknown, apply to every request with null, and can be removed', async () => {
    const sandbox = await startItems({ records: 5 });
    await expect(control(sandbox, 'POST', 'fault', { kind: 'other' })).rejects.toThrow('400');
    await control(sandbox, 'POST', 'fault', { kind: 'status', status: 500, count: null });
    for (let n = 0; n < 3; n += 1) expect((await fetch(sandbox.url + FEED)).status).toBe(500);
    await control(sandbox, 'DELETE', 'fault');
    expect((await fetch(sandbox.url + FEED)).status).toBe(200);
  });
});
