import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BusyError, UnavailableError } from '../../../src/errors.ts';
import { clock } from '../../../src/host/clock.ts';
import { createFetcher, type FetcherOptions } from '../../../src/media/fetch/create-fetcher.ts';
import type { MediaFetcher } from '../../../src/media/fetcher.ts';
import { readQuotaHeaders } from '../../../src/sources/trestle/odata/quota-headers.ts';
import { type Fault, photoOf, type PhotoServer, photoServer } from '../../helpers/photo-server.ts';
import { temporaryFolder } from '../../helpers/pipeline.ts';

const NEVER = new AbortController().signal;
const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

let server: PhotoServer;
let cdn: PhotoServer;
let spoolFolder: string;

beforeAll(async () => {
  [server, cdn] = [await photoServer(), await photoServer()];
});

beforeEach(() => {
  for (const each of [server, cdn]) {
    each.fault = undefined;
    each.headers = () => ({});
    each.requests.length = 0;
    each.photos.clear();
  }
});

function fetcherWith(
  options: Partial<FetcherOptions> = {},
  access: Partial<FetcherOptions['access']> = {},
): MediaFetcher {
  const folder = temporaryFolder();
  spoolFolder = join(folder, 'spool');
  mkdirSync(spoolFolder);
  return createFetcher({
    access: {
      origin: server.origin,
      quota: {
        rules: { read: readQuotaHeaders, hint: '' },
        file: join(folder, 'quota.json'),
        reservePercent: 0,
        maxWait: 60_000,
      },
      timeout: 500,
      maxRetries: 2,
      deadline: 20_000,
      hint: '',
      ...access,
    },
    checkAddress: () => true,
    minuteLimit: 100_000,
    minute: 60_000,
    maxBytes: 5 * 1024 * 1024,
    spoolFolder,
    clock,
    random: () => 0.01,
    log: SILENT,
    meter: { begin: () => () => undefined },
    ...options,
  });
}

function get(fetcher: MediaFetcher, key = 'a') {
  return fetcher.get({ url: server.address(key) }, NEVER);
}

test('a small file is in memory, with what its bytes show', async () => {
  server.photos.set('a', photoOf('a'));
  const outcome = await get(fetcherWith());
  if (outcome.kind !== 'file' || outcome.file.body.kind !== 'memory') throw new Error(outcome.kind);
  expect(Buffer.from(outcome.file.body.bytes).equals(photoOf('a'))).toBe(true);
  expect(outcome.file).toMatchObject({ extension: 'jpg', contentType: 'image/jpeg', size: 606 });
  expect(outcome.file.etag).toMatch(/^"/);
});

test('a large file is spooled, byte for byte', async () => {
  const bytes = photoOf('a', 1, 3_000_000);
  server.photos.set('a', bytes);
  const outcome = await get(fetcherWith());
  if (outcome.kind !== 'file' || outcome.file.body.kind !== 'file') throw new Error(outcome.kind);
  expect(readFileSync(outcome.file.body.file).equals(bytes)).toBe(true);
});

test('a file in a known state is answered with 304', async () => {
  server.photos.set('a', photoOf('a'));
  const fetcher = fetcherWith();
  const first = await get(fetcher);
  const etag = first.kind === 'file' ? first.file.etag! : '';
  expect(await fetcher.get({ url: server.address('a'), known: { etag } }, NEVER)).toEqual({
    kind: 'unchanged',
  });
});

const gzipped: Fault = (_, response) => {
  response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(photoOf('a')));
  return true;
};

test('a compressed answer is decompressed', async () => {
  server.fault = gzipped;
  expect(await get(fetcherWith())).toMatchObject({ kind: 'file', file: { size: 606, extension: 'jpg' } });
});

describe('what is no file is refused with its reason, and nothing stays spooled', () => {
  const answers: [string, Fault][] = [
    ['empty', (_, response) => (response.writeHead(200, { 'content-length': 0 }).end(), true)],
    [
      'cut',
      (_, response) => {
        response.writeHead(200, { 'content-length': 5000 }).write(photoOf('a'));
        setTimeout(() => response.destroy(), 20);
        return true;
      },
    ],
    [
      'cut',
      (_, response) => {
        const bytes = gzipSync(photoOf('a'));
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes.subarray(0, bytes.length - 10));
        return true;
      },
    ],
    ['too-large', (_, response) => (response.writeHead(200).end(photoOf('a', 1, 6_000_000)), true)],
    [
      'too-large',
      (_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(photoOf('a', 1, 9_000_000)));
        return true;
      },
    ],
    ['html', (_, response) => (response.writeHead(200).end('<!DOCTYPE html><html>no</html>'), true)],
    ['type', (_, response) => (response.writeHead(200).end('just some words'.repeat(50)), true)],
    [
      'type',
      (_, response) => (response.writeHead(200, { 'content-encoding': 'x-odd' }).end(photoOf('a')), true),
    ],
    ['status', (_, response) => (response.writeHead(400).end(), true)],
    ['address', (_, response) => (response.writeHead(302, { location: 'ftp://a.test/x' }).end(), true)],
  ];
  test.each(answers)('%s', async (reason, fault) => {
    server.fault = fault;
    expect(await get(fetcherWith())).toMatchObject({ kind: 'refused', reason });
    expect(readdirSync(spoolFolder)).toEqual([]);
  });
});

test.each([401, 403, 404, 410])('%s may be an expired address', async (status) => {
  server.fault = (_, response) => (response.writeHead(status).end(), true);
  expect(await get(fetcherWith())).toEqual({ kind: 'expired', status });
});

test('a 503 and a stalled answer are retried, and count as trouble', async () => {
  server.photos.set('slow', photoOf('slow'));
  server.fault = (_, response, count) => {
    if (count === 1) response.writeHead(503).end();
    if (count === 2) response.writeHead(200, { 'content-length': 600 }).write('x');
    return count <= 2;
  };
  const fetcher = fetcherWith();
  expect(await get(fetcher, 'slow')).toMatchObject({ kind: 'file' });
  expect([fetcher.troubles(), fetcher.requests()]).toEqual([2, 3]);
});

test('a server that stays away is unavailable; a spent quota makes the run busy', async () => {
  server.fault = (_, response) => (response.writeHead(500).end(), true);
  await expect(get(fetcherWith())).rejects.toBeInstanceOf(UnavailableError);
  server.fault = (_, response) => (response.writeHead(429, { 'retry-after': '30' }).end(), true);
  await expect(get(fetcherWith({}, { deadline: 1000 }))).rejects.toBeInstanceOf(BusyError);
});

test('a redirect to a CDN is followed, and the token stays at the origin of the API', async () => {
  cdn.photos.set('a', photoOf('a'));
  server.fault = ({ headers }, response) => {
    if (headers['content-type'] === 'application/x-www-form-urlencoded') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ access_token: 'geheim-token', token_type: 'Bearer', expires_in: 3600 }));
    } else response.writeHead(302, { location: cdn.address('a') }).end();
    return true;
  };
  const signIn = {
    credentials: { tokenUrl: `${server.origin}/token`, clientId: 'id', clientSecret: 'secret' },
    rules: { scope: 'api', hints: { credentials: '', token: '', intercepted: '', endpoint: '' } },
    file: join(temporaryFolder(), 'token.json'),
    onToken: () => undefined,
  };
  const fetcher = fetcherWith({}, { signIn });
  expect(await get(fetcher)).toMatchObject({ kind: 'file' });
  expect(server.requests.at(-1)!.headers.authorization).toBe('Bearer geheim-token');
  expect(cdn.requests.at(-1)!.headers.authorization).toBeUndefined();
  expect(await fetcher.get({ url: cdn.address('a') }, NEVER)).toMatchObject({ kind: 'file' });
  expect(cdn.requests.at(-1)!.headers.authorization).toBeUndefined();
});

test('promise 35: the private network is not reached through an address of the feed', async () => {
  cdn.photos.set('a', photoOf('a'));
  const fetcher = fetcherWith({ checkAddress: () => false });
  expect(await fetcher.get({ url: cdn.address('a') }, NEVER)).toMatchObject({ reason: 'address' });
  expect(cdn.requests).toEqual([]);
});

test('promise 35: 1,500 files at 480 a minute get no 429', async () => {
  const minute = 1000;
  const sent: number[] = [];
  server.photos.set('a', photoOf('a'));
  server.fault = (_, response) => {
    const now = Date.now();
    const recent = sent.filter((at) => at > now - minute).length;
    if (recent >= 480) return (response.writeHead(429).end(), true);
    sent.push(now);
    response.setHeader('Minute-Quota-Limit', '480.0');
    response.setHeader('Minute-Quota-Available', String(479 - recent));
    return false;
  };
  const fetcher = fetcherWith({ minute, minuteLimit: 480 });
  const urls = Array.from({ length: 1500 }, () => server.address('a')).values();
  const work = async (): Promise<void> => {
    for (const url of urls) expect(await fetcher.get({ url }, NEVER)).toMatchObject({ kind: 'file' });
  };
  await Promise.all(Array.from({ length: 6 }, work));
  expect(fetcher.troubles()).toBe(0);
  expect(fetcher.requests()).toBe(1500);
});
