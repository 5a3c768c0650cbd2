import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/sandbox/trestle/index.ts';
import { type Client, connect, signIn, text } from './client.ts';

/** How far the Date of an answer is off, in tens of minutes. */
const off = ({ headers }: { headers: Headers }): number =>
  Math.round((Date.parse(headers.get('date')!) - Date.now()) / 600_000) + 0;

/** A sandbox with a fault in it. */
async function broken(...faults: Fault[]): Promise<Client> {
  const client = await connect({ listings: 20 });
  for (const fault of faults) client.sandbox.faults.add(fault);
  return client;
}

const ask = (client: Client): ReturnType<Client['query']> => client.query('Property', { $top: 10 });

const names = (headers: Headers): string[] => [...headers.keys()].filter((name) => name.includes('quota'));

describe('a fault', () => {
  test('affects `count` requests, after the first `skip`', async () => {
    const client = await broken({ kind: 'status', status: 503, count: 2, skip: 1 }, { kind: 'html' });
    const statuses: string[] = [];
    for (let i = 0; i < 5; i++) {
      const answer = await ask(client);
      statuses.push(answer.text.startsWith('<html') ? 'html' : String(answer.status));
    }
    expect(statuses).toEqual(['html', '503', '503', '200', '200']);
  });

  test('affects only its resource', async () => {
    const client = await broken(
      { kind: 'status', status: 500, resource: 'Media', count: Infinity },
      { kind: 'status', status: 502, resource: '$metadata' },
      { kind: 'status', status: 504, resource: 'token' },
    );
    expect((await ask(client)).status).toBe(200);
    expect((await client.query('Media', {})).status).toBe(500);
    expect((await client.query('Media', {})).status).toBe(500);
    expect((await client.get('/$metadata')).status).toBe(502);
    expect((await signIn(client.sandbox)).status).toBe(504);
    expect((await signIn(client.sandbox)).status).toBe(200);
  });

  test('is gone once the list is cleared', async () => {
    const client = await broken({ kind: 'status', status: 500, count: Infinity });
    expect((await ask(client)).status).toBe(500);
    client.sandbox.faults.clear();
    expect((await ask(client)).status).toBe(200);
  });
});

describe('the fault', () => {
  test('status: has its own body, headers and Retry-After', async () => {
    const headers = { 'X-Cache': 'Error' };
    const client = await broken({ kind: 'status', status: 503, body: '<b>', headers, retryAfter: '7' });
    const answer = await ask(client);
    expect([answer.status, answer.text]).toEqual([503, '<b>']);
    expect(answer.headers.get('x-cache')).toBe('Error');
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(answer.headers.get('minute-quota-available')).not.toBeNull();
  });

  test('rate-limit: reports that the minute is spent and the hour is not, and costs nothing', async () => {
    const date = 'Wed, 01 Apr 2026 10:00:00 GMT';
    const client = await broken({ kind: 'rate-limit', retryAfter: date }, { kind: 'rate-limit' });
    const [first, second, third] = [await ask(client), await ask(client), await ask(client)];
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, date]);
    expect(first.headers.get('minute-quota-available')).toBe('0');
    expect(Number(first.headers.get('hour-quota-available'))).toBe(1_000_000);
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, null]);
    expect(third.headers.get('hour-quota-available')).toBe('999999');
  });

  test('reset: breaks the connection before the answer', async () => {
    const client = await broken({ kind: 'reset' });
    await expect(ask(client)).rejects.toThrow('fetch failed');
    expect(client.sandbox.requests.at(-1)?.status).toBe(0);
    expect((await ask(client)).status).toBe(200);
  });

  test('truncate: breaks it in the middle of the body', async () => {
    const client = await broken({ kind: 'truncate' });
    const headers = { authorization: `Bearer ${client.token}`, 'accept-encoding': 'identity' };
    const response = await fetch(`${client.sandbox.url}/Property`, { headers });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(1000);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  test('truncate-json: ends the JSON early in a complete answer', async () => {
    const answer = await ask(await broken({ kind: 'truncate-json' }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('json');
    expect(() => void JSON.parse(answer.text)).toThrow(SyntaxError);
  });

  test('html: is a page with status 200', async () => {
    const answer = await ask(await broken({ kind: 'html' }));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html']);
  });

  test('empty: has no body', async () => {
    const answer = await ask(await broken({ kind: 'empty' }));
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  test('no-value: is JSON without rows', async () => {
    const answer = await ask(await broken({ kind: 'no-value' }));
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty('value');
  });

  test('hang: leaves the client waiting, and lets the sandbox close', async () => {
    const client = await broken({ kind: 'hang' });
    const waiting = ask(client).catch(() => 'broken');
    const late = new Promise((resolve) => void setTimeout(resolve, 100, 'waiting'));
    expect(await Promise.race([waiting, late])).toBe('waiting');
    await client.sandbox.close();
    expect(await waiting).toBe('broken');
  });

  test('slow: answers late', async () => {
    const client = await broken({ kind: 'slow', ms: 120 });
    const start = performance.now();
    expect((await ask(client)).rows).toHaveLength(10);
    expect(performance.now() - start).toBeGreaterThan(110);
  });

  test('empty-expand: hides the media that PhotosCount counts', async () => {
    const client = await broken({ kind: 'empty-expand' });
    await ask(client);
    const [hidden, shown] = [
      await client.query('Property', { $expand: 'Media', $top: 20 }),
      await client.query('Property', { $expand: 'Media', $top: 20 }),
    ];
    expect(hidden.rows).toHaveLength(20);
    for (const row of hidden.rows) expect(row['Media']).toEqual([]);
    expect(hidden.rows.some((row) => Number(row['PhotosCount']) > 0)).toBe(true);
    for (const row of shown.rows) expect(row['Media']).toHaveLength(Number(row['PhotosCount']));
  });

  test.each([
    ['null-expand', { kind: 'null-expand' }, null],
    ['no-expand', { kind: 'no-expand' }, undefined],
  ] as const)('%s: sends no expanded collection', async (_, fault, sent) => {
    const client = await broken(fault);
    const { rows } = await client.query('Property', { $expand: 'Media', $top: 20 });
    expect(rows.map((row) => row['Media'])).toEqual(Array.from({ length: 20 }, () => sent));
  });

  test('cut-expand: sends a part of each expanded collection', async () => {
    const client = await broken({ kind: 'cut-expand', rows: 2 });
    const { rows } = await client.query('Property', { $expand: 'Media', $top: 20 });
    for (const row of rows) expect(row['Media']).toHaveLength(Math.min(2, Number(row['PhotosCount'])));
    expect(rows.some((row) => Number(row['PhotosCount']) > 2)).toBe(true);
  });

  test('heavy-expand: times out for a large page with $expand only', async () => {
    const client = await broken({ kind: 'heavy-expand', rows: 20, count: Infinity });
    const statusOf = async (query: Record<string, string | number>) =>
      (await client.query('Property', query)).status;
    expect(await statusOf({ $expand: 'Media', $top: 21 })).toBe(504);
    expect(await statusOf({ $expand: 'Media', $top: 20 })).toBe(200);
    expect(await statusOf({ $top: 21 })).toBe(200);
  });

  test('empty-media: finds nothing', async () => {
    const client = await broken({ kind: 'empty-media' });
    await ask(client);
    expect((await client.query('Media', {})).rows).toEqual([]);
    expect((await client.query('Media', {})).rows).toHaveLength(10);
  });

  test('revoke: invalidates every token that was issued before', async () => {
    const client = await broken({ kind: 'revoke', skip: 1 });
    expect((await ask(client)).status).toBe(200);
    expect((await ask(client)).status).toBe(401);
    expect((await ask(client)).status).toBe(401);
    const signed: { access_token: string } = JSON.parse(await (await signIn(client.sandbox)).text());
    client.token = signed.access_token;
    expect((await ask(client)).status).toBe(200);
  });

  test('link-loop: leads back to the page itself', async () => {
    const client = await broken({ kind: 'link-loop' });
    expect((await ask(client)).next).toBe(`${client.sandbox.url}/Property?$top=10`);
  });

  test('link-abroad: leads to another origin', async () => {
    const client = await broken({ kind: 'link-abroad', origin: 'http://elsewhere.invalid' });
    expect((await ask(client)).next).toMatch(/^http:\/\/elsewhere\.invalid\/trestle\/odata\/Property\?/);
  });

  test('link-dead: ends a replication', async () => {
    const client = await broken({ kind: 'link-dead', skip: 1 });
    const { next } = await client.query('Property', { replication: true });
    expect((await client.get(text(next))).status).toBe(404);
  });

  test('no-quota-headers: removes all of them, or some', async () => {
    const client = await broken(
      { kind: 'no-quota-headers' },
      { kind: 'no-quota-headers', headers: ['Minute-Quota-Limit'] },
    );
    expect(names((await ask(client)).headers)).toEqual([]);
    const some = names((await ask(client)).headers);
    expect(some).not.toContain('minute-quota-limit');
    expect(some).toHaveLength(5);
  });

  test('bad-count: returns a wrong count', async () => {
    const client = await broken({ kind: 'bad-count', by: -7 });
    await ask(client);
    expect((await client.query('Property', { $count: true })).count).toBe(13);
    expect((await client.query('Property', { $count: true })).count).toBe(20);
  });

  test('clock: the Date of an answer, or of a sign-in, is off', async () => {
    const client = await broken({ kind: 'clock', by: -7_200_000 });
    client.sandbox.faults.add({ kind: 'clock', by: 7_200_000, resource: 'token' });
    expect([off(await ask(client)), off(await ask(client))]).toEqual([-12, 0]);
    expect(off(await signIn(client.sandbox))).toBe(12);
  });
});

test('onRequest can change the answer', async () => {
  const client = await connect({ listings: 5 });
  const { sandbox } = client;
  sandbox.onRequest = async (seen) => {
    await Promise.resolve();
    if (seen.resource === 'Property') sandbox.feed.addListings(1);
  };
  expect((await client.query('Property', { $top: 0, $count: true })).count).toBe(6);
  sandbox.onRequest = undefined;
  expect((await client.query('Property', { $top: 0, $count: true })).count).toBe(6);
});
