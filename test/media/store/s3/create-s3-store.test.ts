import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../../../src/media/open-store.ts';
import type { MediaStore } from '../../../../src/media/store.ts';
import { fakeClock, type FakeClock } from '../../../helpers/fake-clock.ts';
import { refuse, type S3Server, startS3Server } from '../../../helpers/s3-server.ts';
import { bytesOf, describeStore, factsOf, listPaths, memory, read, spool } from '../../store-conformance.ts';

const NEVER = new AbortController().signal;
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let server: S3Server;
let stateDir: string;
let clock: FakeClock;

beforeAll(async () => {
  server = await startS3Server();
});

afterAll(() => server.close());

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 's3-state-'));
  clock = fakeClock(Date.now());
  server.intercept = () => false;
  server.requests.length = 0;
});

afterEach(() => {
  rmSync(stateDir, { recursive: true, force: true });
});

let stores = 0;

function open(address: string, env: Readonly<Record<string, string>> = server.env): MediaStore {
  return openStore({ address, stateDir, env, clock, random: () => 0, log: SILENT });
}

/** A store with its own prefix. */
function openNew(env?: Readonly<Record<string, string>>): MediaStore {
  stores += 1;
  return open(`s3://${server.bucket}/prefix.${stores}/photos`, env);
}

describeStore('a bucket', () => {
  const store = openNew();
  return Promise.resolve({ store, other: () => open(store.name) });
});

const put = (store: MediaStore, path: string, bytes: Uint8Array): Promise<void> =>
  store.put(path, memory(bytes), factsOf(bytes), NEVER);

describe('createS3Store', () => {
  test('uses a bucket without a prefix', async () => {
    const store = open(`s3://${server.bucket}/`);
    expect(store.name).toBe(`s3://${server.bucket}`);
    await put(store, '00/00/no-prefix.jpg', bytesOf(10, 1));
    expect(await listPaths(store)).toContain('00/00/no-prefix.jpg');
    await store.remove(['00/00/no-prefix.jpg'], NEVER);
  });

  test('sends a small body once, with its checksum, and a large one in parts of 8 MB', async () => {
    const store = openNew();
    const checksums: unknown[] = [];
    server.intercept = ({ headers }) => {
      checksums.push(headers['x-amz-checksum-sha256']);
      return false;
    };
    const small = bytesOf(1000, 1);
    await store.prepare(NEVER);
    server.requests.length = 0;
    await store.put('ab/cd/small.jpg', spool(store, 'small', small), factsOf(small), NEVER);
    expect(server.requests).toEqual([`PUT /photos/${store.name.slice(12)}/ab/cd/small.jpg`]);
    expect(checksums.at(-1)).toBe(Buffer.from(factsOf(small).sha256, 'hex').toString('base64'));

    server.requests.length = 0;
    const large = bytesOf(17 * 1024 * 1024, 2);
    const body = spool(store, 'large', large);
    await store.put('ab/cd/large.mp4', body, factsOf(large, 'video/mp4'), NEVER);
    expect(server.requests.map((line) => line.split(' ')[0])).toEqual(['POST', 'PUT', 'PUT', 'PUT', 'POST']);
    expect(existsSync(body.file)).toBe(false);
    expect(large.equals((await read(store, 'ab/cd/large.mp4'))!)).toBe(true);
  });

  test('withdraws an upload whose part fails: nothing is stored, and the spooled body stays', async () => {
    const store = openNew();
    await store.prepare(NEVER);
    server.intercept = ({ url = '' }, response) =>
      url.includes('partNumber=2') && refuse(response, 403, 'AccessDenied');
    const bytes = bytesOf(17 * 1024 * 1024, 1);
    const body = spool(store, 'film', bytes);
    // Of a test that aborted a request before the service named its upload.
    const others = server.uploads();
    const refusal = { name: 'ConfigError', hint: expect.stringContaining('s3:PutObject') };
    await expect(store.put('ab/cd/film.mp4', body, factsOf(bytes), NEVER)).rejects.toMatchObject(refusal);
    expect(server.requests.at(-1)).toMatch(/^DELETE .*uploadId=/);
    expect(statSync(body.file).size).toBe(bytes.length);
    expect(await listPaths(store)).toEqual([]);
    expect(server.uploads()).toEqual(others);
  });

  test('withdraws the uploads of a killed process when it is prepared', async () => {
    const store = openNew();
    const prefix = `${store.name.slice(12)}/`;
    const removed: string[] = [];
    server.intercept = ({ method, url = '' }, response) => {
      if (method === 'DELETE') removed.push(url);
      if (method !== 'GET' || !url.includes('uploads=')) return false;
      const uploads = [`${prefix}ab/cd/film.mp4`, 'another/film.mp4', `${prefix}Backup of May.zip`].map(
        (key, index) => `<Upload><Key>${key}</Key><UploadId>id${index}</UploadId></Upload>`,
      );
      response.end(`<ListMultipartUploadsResult>${uploads.join('')}</ListMultipartUploadsResult>`);
      return true;
    };
    await store.prepare(NEVER).catch(() => undefined);
    expect(removed).toEqual([`/photos/${prefix}ab/cd/film.mp4?uploadId=id0`]);
  });

  test.each([
    [500, 'InternalError'],
    [503, 'SlowDown'],
    [400, 'RequestTimeout'],
    [400, 'BadDigest'],
  ])('retries %i %s', async (status, code) => {
    const store = openNew();
    let failures = 0;
    server.intercept = (_, response) => failures++ < 2 && refuse(response, status, code);
    await put(store, 'ab/cd/a.jpg', bytesOf(10, 1));
    expect(server.requests).toHaveLength(3);
    expect(await listPaths(store)).toEqual(['ab/cd/a.jpg']);
  });

  test('waits as long as the service asks for', async () => {
    const store = openNew();
    let failures = 0;
    server.intercept = (_, response) =>
      failures++ < 1 && refuse(response, 503, 'SlowDown', { 'Retry-After': '7' });
    await put(store, 'ab/cd/a.jpg', bytesOf(10, 1));
    expect(clock.sleeps).toEqual([7000]);
  });

  test('gives up after some tries', async () => {
    server.intercept = (_, response) => refuse(response, 500, 'InternalError');
    await expect(put(openNew(), 'ab/cd/a.jpg', bytesOf(10, 1))).rejects.toMatchObject({
      name: 'UnavailableError',
      message: expect.stringContaining('500 InternalError'),
    });
    expect(server.requests).toHaveLength(5);
  });

  test('sends Content-MD5 to a service that refuses the checksum, and asks only once', async () => {
    const store = openNew();
    server.intercept = ({ headers }, response) =>
      headers['x-amz-checksum-sha256'] !== undefined && refuse(response, 501, 'NotImplemented');
    await put(store, 'ab/cd/a.jpg', bytesOf(10, 1));
    await put(store, 'ab/cd/b.jpg', bytesOf(10, 2));
    expect(server.requests).toHaveLength(3);
    server.intercept = () => false;
    expect(await listPaths(store)).toEqual(['ab/cd/a.jpg', 'ab/cd/b.jpg']);
  });

  test('removes one by one if the service cannot remove many', async () => {
    const store = openNew();
    for (const name of ['a', 'b']) await put(store, `ab/cd/${name}.jpg`, bytesOf(10, 1));
    server.intercept = ({ url = '' }, response) =>
      url.includes('?delete') && refuse(response, 501, 'NotImplemented');
    await store.remove(['ab/cd/a.jpg', 'ab/cd/none.jpg', 'ab/cd/b.jpg'], NEVER);
    expect(await listPaths(store)).toEqual([]);
  });

  test('reports keys that were not removed although the status is 200', async () => {
    server.intercept = (_, response) => {
      const error = '<Error><Key>ab/cd/a.jpg</Key><Code>AccessDenied</Code><Message>no</Message></Error>';
      response.end(`<DeleteResult>${error}</DeleteResult>`);
      return true;
    };
    await expect(openNew().remove(['ab/cd/a.jpg'], NEVER)).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('1 files were not removed'),
    });
  });

  test.each([
    ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'wrong' }],
    ['an unknown key', { AWS_ACCESS_KEY_ID: 'unknown' }],
  ])('reports %s', async (_, env) => {
    const store = openNew({ ...server.env, ...env });
    const refusal = { name: 'CredentialsError', hint: expect.stringContaining('AWS_SECRET_ACCESS_KEY') };
    await expect(put(store, 'ab/cd/a.jpg', bytesOf(10, 1))).rejects.toMatchObject(refusal);
    await expect(store.open('ab/cd/a.jpg', NEVER)).rejects.toMatchObject(refusal);
    await expect(store.remove(['ab/cd/a.jpg'], NEVER)).rejects.toMatchObject(refusal);
    await expect(store.check(NEVER)).rejects.toMatchObject(refusal);
  });

  test('reports a clock that is wrong', async () => {
    const store = openNew();
    clock.pass(3600_000);
    await expect(put(store, 'ab/cd/a.jpg', bytesOf(10, 1))).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('RequestTimeTooSkewed'),
      hint: expect.stringContaining('clock of this machine is wrong'),
    });
  });

  test('reports another region with its name', async () => {
    server.intercept = (_, response) =>
      refuse(response, 301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-west-1' });
    await expect(put(openNew(), 'ab/cd/a.jpg', bytesOf(10, 1))).rejects.toMatchObject({
      name: 'ConfigError',
      hint: 'set AWS_REGION=eu-west-1',
    });
  });

  test('reports a service that is full', async () => {
    server.intercept = (_, response) => refuse(response, 507, 'XMinioStorageFull');
    await expect(put(openNew(), 'ab/cd/a.jpg', bytesOf(10, 1))).rejects.toMatchObject({
      name: 'UnavailableError',
      hint: expect.stringContaining('free space'),
    });
  });

  test('reports a body that breaks while it is read', async () => {
    const store = openNew();
    await put(store, 'ab/cd/a.jpg', bytesOf(100_000, 1));
    server.intercept = (_, response) => {
      response.writeHead(200, { 'Content-Length': '100000' });
      response.write(bytesOf(50_000, 1), () => response.destroy());
      return true;
    };
    await expect(read(store, 'ab/cd/a.jpg')).rejects.toMatchObject({ name: 'UnavailableError' });
  });

  test('reports a service that does not answer', async () => {
    const store = openNew({ ...server.env, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' });
    const refusal = { name: 'UnavailableError', hint: expect.stringContaining('AWS_ENDPOINT_URL_S3') };
    await expect(put(store, 'ab/cd/a.jpg', bytesOf(10, 1))).rejects.toMatchObject(refusal);
    await expect(store.open('ab/cd/a.jpg', NEVER)).rejects.toMatchObject(refusal);
  });
});

test('a bucket that is gone: a clear error, nothing is left half-written', async () => {
  const other = await startS3Server('going');
  try {
    const store = openStore({
      address: 's3://going',
      stateDir,
      env: other.env,
      clock,
      random: () => 0,
      log: SILENT,
    });
    await put(store, 'ab/cd/a.jpg', bytesOf(10, 1));
    await store.prepare(NEVER);
    other.removeBucket();
    const refusal = {
      name: 'ConfigError',
      message: expect.stringContaining('NoSuchBucket'),
      hint: expect.stringContaining('create the bucket going'),
    };
    const large = bytesOf(9 * 1024 * 1024, 1);
    await expect(put(store, 'ab/cd/b.jpg', bytesOf(10, 1))).rejects.toMatchObject(refusal);
    await expect(
      store.put('ab/cd/c.mp4', spool(store, 'c', large), factsOf(large), NEVER),
    ).rejects.toMatchObject(refusal);
    await expect(store.open('ab/cd/a.jpg', NEVER)).rejects.toMatchObject(refusal);
    await expect(listPaths(store)).rejects.toMatchObject(refusal);
    await expect(store.remove(['ab/cd/a.jpg'], NEVER)).rejects.toMatchObject(refusal);
    expect(readdirSync(store.spoolFolder)).toEqual(['c']);
  } finally {
    await other.close();
  }
});
