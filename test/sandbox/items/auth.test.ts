import { describe, expect, test } from 'vitest';
import type { ItemsSandbox } from '../../../src/sandbox/items/index.ts';
import { control, startItems } from './helpers.ts';

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const status = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
  (await fetch(url, { headers })).status;

describe('each kind of authentication accepts its credentials only', () => {
  test.each<[string, Record<string, string>, string]>([
    ['bearer', { Authorization: 'Bearer sandbox-key' }, ''],
    ['header', { 'X-Api-Key': 'sandbox-key' }, ''],
    ['query', {}, 'api_key=sandbox-key'],
    ['basic', { Authorization: basic('sandbox-user', 'sandbox-password') }, ''],
  ])('%s', async (kind, headers, query) => {
    const { url } = await startItems({ records: 5 });
    const address = `${url}/auth/${kind}/api/notes/all`;
    expect(await status(`${address}?${query}`, headers)).toBe(200);
    expect(await status(address)).toBe(401);
    expect(
      await status(`${address}?api_key=other`, { Authorization: 'Bearer x', 'X-Api-Key': 'other' }),
    ).toBe(401);
  });

  test('files and feeds can have it too; other kinds do not exist', async () => {
    const { url } = await startItems({ records: 5 });
    const headers = { 'X-Api-Key': 'sandbox-key' };
    for (const path of ['feeds/rss.xml', 'csv/plain/roster.csv']) {
      expect(await status(`${url}/auth/header/${path}`, headers)).toBe(200);
      expect(await status(`${url}/auth/header/${path}`)).toBe(401);
    }
    expect(await status(`${url}/auth/other/feeds/rss.xml`)).toBe(404);
  });
});

async function requestToken(
  { url }: ItemsSandbox,
  send: 'body' | 'header',
  secret = 'sandbox-secret',
): Promise<{ readonly status: number; readonly token: string; readonly seconds: number }> {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (send === 'body') {
    form.set('client_id', 'sandbox-client');
    form.set('client_secret', secret);
  }
  const headers: Record<string, string> =
    send === 'header' ? { Authorization: basic('sandbox-client', secret) } : {};
  const answer = await fetch(`${url}/oauth2/${send}/token`, { method: 'POST', body: form, headers });
  const body = (await answer.json()) as { readonly access_token: string; readonly expires_in: number };
  return { status: answer.status, token: body.access_token, seconds: body.expires_in };
}

describe('OAuth2', () => {
  test.each(['body', 'header'] as const)('the secret is accepted in the %s only', async (send) => {
    const sandbox = await startItems({ records: 5 });
    const { token } = await requestToken(sandbox, send);
    const address = `${sandbox.url}/auth/oauth2/api/notes/all`;
    expect(await status(address, { Authorization: `Bearer ${token}` })).toBe(200);
    expect(await status(address, { Authorization: 'Bearer other' })).toBe(401);
    expect((await requestToken(sandbox, send, 'wrong')).status).toBe(401);
    const other = new URLSearchParams({ grant_type: 'client_credentials' });
    const wrongPlace = send === 'body' ? 'header' : 'body';
    if (send === 'body') other.set('client_id', 'sandbox-client');
    if (send === 'body') other.set('client_secret', 'sandbox-secret');
    const answer = await fetch(`${sandbox.url}/oauth2/${wrongPlace}/token`, {
      method: 'POST',
      body: other,
      headers: send === 'header' ? { Authorization: basic('sandbox-client', 'sandbox-secret') } : {},
    });
    expect(answer.status).toBe(401);
  });

  test('a token expires by the clock, and when it is revoked', async () => {
    let now = Date.UTC(2026, 5, 1);
    const sandbox = await startItems({ records: 5, tokenSeconds: 60, clock: () => now });
    const address = `${sandbox.url}/auth/oauth2/api/notes/all`;
    const first = await requestToken(sandbox, 'body');
    expect(first.seconds).toBe(60);
    now += 59_999;
    expect(await status(address, { Authorization: `Bearer ${first.token}` })).toBe(200);
    now += 1;
    expect(await status(address, { Authorization: `Bearer ${first.token}` })).toBe(401);

    await control(sandbox, 'POST', 'tokens?seconds=5');
    const second = await requestToken(sandbox, 'header');
    expect(second.seconds).toBe(5);
    sandbox.faults.add({ kind: 'revoke', path: '/auth/', skip: 1 });
    expect(await status(address, { Authorization: `Bearer ${second.token}` })).toBe(200);
    expect(await status(address, { Authorization: `Bearer ${second.token}` })).toBe(401);
  });
});
