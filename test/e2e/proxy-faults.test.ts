import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, type Ended, trestleProcess } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { doctorBy, expectOnly, found } from '../helpers/doctor.ts';
import { type HttpProxy, httpProxy, type TlsFront, tlsFront } from '../helpers/http-proxy.ts';
import { expectParity } from '../helpers/parity.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

const HOST = 'feed.trestle.invalid';
const PASSWORD = 'p@ss:w%rd';
const USER = `corp:${encodeURIComponent(PASSWORD)}`;

let sandbox: Sandbox;
let db: FreshDatabase;
let front: TlsFront;
let proxy: HttpProxy;

beforeAll(async () => {
  sandbox = await sandboxFor({ listings: 30 });
  db = await migratedDatabase();
  front = await tlsFront(HOST, Number(new URL(sandbox.url).port));
  proxy = await httpProxy(front.port, `corp:${PASSWORD}`);
});

beforeEach(() => {
  proxy.refuse = undefined;
  proxy.asked.length = 0;
  proxy.headers.length = 0;
});

/** A configuration whose feed can be reached through the proxy only. */
function behindProxy(more: Record<string, string | undefined> = {}): string {
  return configured(sandbox, db, {
    TRESTLE_API_BASE_URL: `https://${HOST}/trestle/odata`,
    HTTPS_PROXY: `http://${USER}@127.0.0.1:${proxy.port}`,
    RESOURCES: 'Property',
    MAX_RETRIES: '0',
    ...more,
  });
}

const run = (folder: string, args: string[], env: Record<string, string> = {}): Promise<Ended> =>
  trestleProcess(folder, args, { NODE_EXTRA_CA_CERTS: front.ca, ...env });

function logsOf(folder: string): string {
  const names = readdirSync(join(folder, 'logs')).filter((name) => name.endsWith('.log'));
  return names.map((name) => readFileSync(join(folder, 'logs', name), 'utf8')).join('');
}

describe('promise 13: a proxy of .env', () => {
  test('carries feed, sign-in, webhook and heartbeat, with its password decoded, over few connections', async () => {
    const folder = behindProxy({
      HTTP_PROXY: `http://${USER}@127.0.0.1:${proxy.port}`,
      HEALTHCHECK_URL: 'http://hooks.trestle.invalid/ping',
      ALERT_WEBHOOK_URL: `https://hooks.${HOST}/trestle/odata/hook`,
      ALERT_DISK_FREE: '1000000g',
    });
    expect(await run(folder, ['full-load'])).toMatchObject({ code: 0, stderr: '' });
    expect(await expectParity(sandbox, db, property)).toBe(30);
    const tunnels = proxy.asked.filter((line) => line === `CONNECT ${HOST}:443`);
    expect(tunnels.length).toBeGreaterThan(0);
    expect(tunnels.length).toBeLessThanOrEqual(2);
    expect(proxy.asked).toContain('GET http://hooks.trestle.invalid/ping/start');
    expect(proxy.asked).toContain('GET http://hooks.trestle.invalid/ping');
    expect(proxy.asked).toContain(`CONNECT hooks.${HOST}:443`);
    expect(sandbox.requests.map(({ path }) => path)).toContain('/trestle/odata/hook');
    // The secret and the token are the feed's alone.
    expect(proxy.headers.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });

  test('is found in the environment too, in lower case too, and there it wins', async () => {
    const address = `http://${USER}@127.0.0.1:${proxy.port}`;
    const without = behindProxy({ HTTPS_PROXY: undefined });
    expect(await run(without, ['sync'], { https_proxy: address })).toMatchObject({ code: 0, stderr: '' });
    const wrong = behindProxy({ HTTPS_PROXY: 'http://127.0.0.1:9' });
    expect(await run(wrong, ['sync'], { HTTPS_PROXY: address })).toMatchObject({ code: 0, stderr: '' });
    expect(proxy.asked.length).toBeGreaterThanOrEqual(2);
  });

  test('is not used for what NO_PROXY names', async () => {
    const folder = behindProxy({ NO_PROXY: 'other.example.com, .trestle.invalid' });
    const ended = await run(folder, ['sync']);
    expect(ended).toMatchObject({ code: 69 });
    expect(ended.stderr).toMatch(/^trestle-etl: feed\.trestle\.invalid: (ENOTFOUND|EAI_AGAIN)/);
    expect(proxy.asked).toEqual([]);
  });

  test('is never used for this machine, and no secret leaves it', async () => {
    const address = `http://${USER}@127.0.0.1:${proxy.port}`;
    const folder = configured(sandbox, db, { HTTP_PROXY: address, HTTPS_PROXY: address });
    const env = { http_proxy: address, HTTP_PROXY: address, all_proxy: address };
    expect(await run(folder, ['sync'], env)).toMatchObject({ code: 0, stderr: '' });
    expect(proxy.asked).toEqual([]);
  });
});

describe('promise 13: what a proxy answers is not the word of the API: exit 69 with its name', () => {
  const page = '<html><head><title>Blocked by policy</title></head></html>';
  test.each([
    ['a wrong password', 407, undefined, '407 Proxy Authentication Required, "Who are you?"'],
    ['a policy', 403, `HTTP/1.1 403 Forbidden\r\n\r\n${page}`, '403 Forbidden, "Blocked by policy"'],
    ['a server that is away', 502, 'HTTP/1.1 502 Bad Gateway\r\n\r\n', '502 Bad Gateway'],
  ])('%s (%i)', async (_, status, refusal, words) => {
    proxy.refuse = refusal;
    const wrong = `http://corp:wrong-word@127.0.0.1:${proxy.port}`;
    const folder = behindProxy(status === 407 ? { HTTPS_PROXY: wrong } : {});
    const ended = await run(folder, ['sync']);
    expect(ended).toMatchObject({ code: 69, stdout: '' });
    expect(ended.stderr).toContain(
      `trestle-etl: the proxy 127.0.0.1:${proxy.port} refused a connection to ${HOST}:443: ${words} (given up`,
    );
    expect(ended.stderr).toContain('HTTPS_PROXY');
    for (const secret of [PASSWORD, USER, 'wrong-word']) {
      expect(ended.stderr + logsOf(folder)).not.toContain(secret);
    }
  });

  test('it takes no connection, or answers nothing', async () => {
    const gone = await run(behindProxy({ HTTPS_PROXY: 'http://127.0.0.1:9' }), ['sync']);
    expect(gone).toMatchObject({ code: 69 });
    expect(gone.stderr).toContain('the proxy 127.0.0.1:9 cannot be used: ECONNREFUSED');
    proxy.refuse = 'silence';
    const silent = await run(behindProxy({ REQUEST_TIMEOUT: '1s' }), ['sync']);
    expect(silent).toMatchObject({ code: 69 });
    expect(silent.stderr).toContain('no whole answer within 1 s');
  });

  test('it opens a tunnel that leads nowhere', async () => {
    proxy.refuse = 'HTTP/1.1 200 OK\r\n\r\n<title>Please sign in</title>';
    const ended = await run(behindProxy(), ['sync']);
    expect(ended).toMatchObject({ code: 69 });
    expect(ended.stderr).toContain(`${HOST}, through the proxy 127.0.0.1:${proxy.port}: `);
    expect(ended.stderr).toContain('HTTPS_PROXY');
  });

  test('doctor names the proxy in use, and what it answers', async () => {
    const env = { NODE_EXTRA_CA_CERTS: front.ca };
    const good = await doctorBy(behindProxy(), { env });
    expect(found(good, 'API connection')).toMatchObject({
      result: 'ok',
      what: `TLS, through the proxy 127.0.0.1:${proxy.port}`,
    });
    expect(good.stdout).not.toContain(PASSWORD);
    proxy.refuse = 'HTTP/1.1 503 Service Unavailable\r\n\r\n';
    const bad = await doctorBy(behindProxy(), { env });
    expectOnly(
      bad,
      'API connection',
      /^the proxy 127\.0\.0\.1:\d+ refused .*503/,
      /HTTPS_PROXY and NO_PROXY/,
    );
  });
});
