import { describe, expect, test } from 'vitest';
import { connect, signIn } from './client.ts';

describe('the token endpoint', () => {
  test('answers with a JWT and its lifetime', async () => {
    const { sandbox } = await connect({ tokenSeconds: 1234 });
    const response = await signIn(sandbox);
    const body: Record<string, unknown> = JSON.parse(await response.text());
    expect(body).toMatchObject({ expires_in: 1234, token_type: 'Bearer' });
    expect(body['access_token']).toMatch(/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{43}$/);
  });

  test.each([
    { client_id: 'someone' },
    { client_secret: 'guess' },
    { grant_type: 'password' },
    { scope: 'all' },
  ])('refuses a wrong sign-in with a page that gives no reason: %o', async (wrong) => {
    const { sandbox } = await connect();
    const response = await signIn(sandbox, wrong);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toBe('Bad Request');
  });

  test('requires a form', async () => {
    const { sandbox } = await connect();
    const { clientId: client_id, clientSecret: client_secret } = sandbox;
    const body = JSON.stringify({ client_id, client_secret, grant_type: 'client_credentials', scope: 'api' });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(sandbox.tokenUrl, { method: 'POST', headers, body })).status).toBe(400);
    expect((await fetch(sandbox.tokenUrl)).status).toBe(400);
  });
});

describe('a data request', () => {
  test('without a valid token gets 401 and quota headers, and costs nothing', async () => {
    const client = await connect({ minuteQuota: 5 });
    client.token += 'x';
    const answer = await client.query('Property', {});
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.headers.get('minute-quota-available')).toBe('5');
    expect((await fetch(`${client.sandbox.url}/Property`)).status).toBe(401);
  });

  test('gets 401 once its token is too old', async () => {
    let now = Date.UTC(2026, 3, 1);
    const client = await connect({ tokenSeconds: 60, now: () => now });
    now += 59_999;
    expect((await client.query('Property', {})).status).toBe(200);
    now += 1;
    expect((await client.query('Property', {})).status).toBe(401);
  });

  test('receives its remaining quotas', async () => {
    const now = Date.UTC(2026, 3, 1, 10, 20, 30);
    const client = await connect({ minuteQuota: 180, hourQuota: 7200, now: () => now });
    await client.query('Property', {});
    const { headers } = await client.query('Property', {});
    expect(Object.fromEntries(headers)).toMatchObject({
      'minute-quota-limit': '180.0',
      'minute-quota-available': '178',
      'hour-quota-limit': '7200.0',
      'hour-quota-available': '7198',
      'hour-quota-resettime': String(Date.UTC(2026, 3, 1, 11)),
      quotatype: 'Api',
    });
    expect(headers.get('date')).not.toBeNull();
  });

  test('over the minute’s quota gets 429 until the next minute starts', async () => {
    let now = Date.UTC(2026, 3, 1, 10, 20, 59, 900);
    const client = await connect({ minuteQuota: 2, hourQuota: 100, now: () => now });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await client.query('Property', {})).status);
    const over = await client.query('Property', {});
    expect(statuses).toEqual([200, 200, 429, 429]);
    expect(over.headers.get('minute-quota-available')).toBe('0');
    expect(over.headers.get('hour-quota-available')).toBe('98');
    now += 99;
    expect((await client.query('Property', {})).status).toBe(429);
    now += 1;
    expect((await client.query('Property', {})).status).toBe(200);
  });

  test('over the hour’s quota gets 429 until the next hour starts', async () => {
    let now = Date.UTC(2026, 3, 1, 10, 59);
    const client = await connect({ minuteQuota: 10, hourQuota: 1, now: () => now });
    expect((await client.query('Property', {})).status).toBe(200);
    const over = await client.query('Property', {});
    expect([over.status, over.headers.get('hour-quota-available')]).toEqual([429, '0']);
    now += 60_000;
    expect((await client.query('Property', {})).status).toBe(200);
  });

  test('counts even if it is refused as invalid; sign-ins and metadata do not', async () => {
    const client = await connect({ minuteQuota: 10 });
    await client.query('Property', { $filter: 'nonsense' });
    await client.get('/$metadata');
    await signIn(client.sandbox);
    expect((await client.get('/DataSystem')).headers.get('minute-quota-available')).toBe('9');
  });

  test('is recorded with its query and its status', async () => {
    const client = await connect();
    client.sandbox.requests.length = 0;
    await client.query('Property', { $filter: "City eq 'X'", $top: 2 });
    await client.get('/Nothing');
    await signIn(client.sandbox);
    expect(client.sandbox.requests).toMatchObject([
      {
        kind: 'data',
        method: 'GET',
        resource: 'Property',
        query: { $filter: "City eq 'X'", $top: '2' },
        status: 200,
      },
      { kind: 'data', resource: 'Nothing', status: 404 },
      { kind: 'token', method: 'POST', path: '/trestle/oidc/connect/token', status: 200 },
    ]);
  });
});
