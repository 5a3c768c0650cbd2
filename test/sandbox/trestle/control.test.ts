import { describe, expect, test } from 'vitest';
import { type Client, connect } from './client.ts';

async function control(client: Client, method: string, path: string, body?: unknown): Promise<string> {
  const address = new URL(`/sandbox/${path}`, client.sandbox.url);
  const response = await fetch(address, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(String(response.status));
  return response.text();
}

describe('another process', () => {
  test.each([
    ['corrupted', 'conversionFailures'],
    ['spoiled', 'misfits'],
  ])('changes the feed and receives the keys of the listings (%s, %s)', async (corrupted, failures) => {
    const client = await connect({ listings: 20 });
    const counts = `changed=3&added=2&removed=4&photos=1&photosOnly=2&${corrupted}=1&${failures}=2`;
    const answer: Record<string, string[]> = JSON.parse(await control(client, 'POST', `change?${counts}`));
    expect(Object.fromEntries(Object.entries(answer).map(([name, keys]) => [name, keys.length]))).toEqual({
      changed: 3,
      added: 2,
      removed: 4,
      photos: 1,
      photosOnly: 2,
      corrupted: 1,
      conversionFailures: 2,
      spoiled: 1,
      misfits: 2,
    });
    expect(client.sandbox.feed.size('Property')).toBe(18);
    await expect(control(client, 'POST', 'change?changed=many')).rejects.toThrow('400');
  });

  test('arms faults and clears them', async () => {
    const client = await connect();
    await control(client, 'POST', 'fault', { kind: 'status', status: 503, count: null });
    for (let i = 0; i < 3; i++) expect((await client.query('Property', {})).status).toBe(503);
    await control(client, 'DELETE', 'fault');
    expect((await client.query('Property', {})).status).toBe(200);
    await expect(control(client, 'POST', 'fault', { kind: 'earthquake' })).rejects.toThrow('400');
  });

  test('reads the requests', async () => {
    const client = await connect();
    await client.query('Media', { $top: 3 });
    const seen: unknown[] = JSON.parse(await control(client, 'GET', 'requests'));
    expect(seen).toMatchObject([{ kind: 'token' }, { resource: 'Media', status: 200 }, { kind: 'control' }]);
  });

  test('reads all records, one a line, or those of a query', async () => {
    const client = await connect({ listings: 40 });
    const all = (await control(client, 'GET', 'records/Property')).trimEnd().split('\n');
    expect(all).toHaveLength(40);
    const one: Record<string, unknown> = JSON.parse(all[0]!);
    expect(one).toEqual(
      client.sandbox.feed.serve('Property', client.sandbox.feed.get('Property', String(one['ListingKey']))!),
    );
    const few = await control(client, 'GET', "records/Property?$select=City&$filter=City%20eq%20'Irvine'");
    for (const line of few.split('\n').filter(Boolean)) expect(line).toBe('{"City":"Irvine"}');
  });

  test('stops it', async () => {
    const client = await connect();
    await control(client, 'POST', 'stop');
    await client.sandbox.closed;
    await expect(client.query('Property', {})).rejects.toThrow('fetch failed');
  });

  test('gets 404 for an unknown address', async () => {
    const client = await connect();
    await expect(control(client, 'GET', 'nothing')).rejects.toThrow('404');
    expect((await fetch(new URL('/elsewhere', client.sandbox.url))).status).toBe(404);
  });
});
