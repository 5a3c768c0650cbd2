import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ConfigError, DamagedFileError, FatalError, UnavailableError } from '../../../src/errors.ts';
import {
  createDownloader,
  type Downloader,
  type DownloaderOptions,
  type DownloadRequest,
  type DownloadResult,
  dropDownload,
  type Validators,
} from '../../../src/http/download/index.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { fileServer, type FileServer, type ServedFile } from '../../helpers/file-server.ts';

const NEVER = new AbortController().signal;
const MB = 1024 * 1024;
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const OLD = 'Mon, 02 Nov 2026 08:00:00 GMT';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

type Setting = {
  readonly server: FileServer;
  readonly file: string;
  readonly folder: string;
  readonly downloader: Downloader;
  readonly get: (more?: Partial<DownloadRequest>, signal?: AbortSignal) => Promise<DownloadResult>;
};

const downloaderOf = (options: Partial<DownloaderOptions>): Downloader =>
  createDownloader({
    idleTimeout: 10_000,
    maxRetries: 3,
    deadline: 600_000,
    clock: fakeClock(),
    random: () => 0,
    log: quiet,
    freeBytes: () => undefined,
    minFree: 0,
    ...options,
  });

async function setUp(served: ServedFile, options: Partial<DownloaderOptions> = {}): Promise<Setting> {
  const server = await fileServer(served);
  const folder = mkdtempSync(join(tmpdir(), 'download-'));
  ends.push(server.close, () => rmSync(folder, { recursive: true }));
  const downloader = downloaderOf(options);
  const file = join(folder, 'work', 'file.zip');
  const get: Setting['get'] = (more, signal = NEVER) =>
    downloader.download({ url: server.url, file, label: 'file', ...more }, signal);
  return { server, folder, file, downloader, get };
}

const sha256 = (body: Buffer): string => createHash('sha256').update(body).digest('hex');
const fetched = (body: Buffer, more: object = {}): object => ({
  kind: 'fetched',
  bytes: body.length,
  sha256: sha256(body),
  wasWhole: false,
  ...more,
});
const filesOf = ({ folder }: Setting): string[] => readdirSync(join(folder, 'work')).toSorted();

/** Leaves a part of `length` bytes, as a run that was interrupted there. */
async function interrupted(setting: Setting, length: number): Promise<void> {
  const { file } = setting.server;
  file.cutAt = length;
  await expect(setting.get()).rejects.toThrow(UnavailableError);
  file.cutAt = undefined;
  setting.server.requests.length = 0;
  expect(filesOf(setting)).toEqual(['file.zip.part', 'file.zip.part.json']);
}

describe('a download', () => {
  test('is stored whole under its name, with its SHA-256 and validators', async () => {
    const body = randomBytes(3 * MB);
    const setting = await setUp({ body, etag: '"a"', lastModified: OLD });
    expect(await setting.get()).toEqual(
      fetched(body, { validators: { etag: '"a"', lastModified: OLD, bytes: body.length } }),
    );
    expect(readFileSync(setting.file).equals(body)).toBe(true);
    expect(filesOf(setting)).toEqual(['file.zip', 'file.zip.json']);
    expect(setting.downloader.requests()).toBe(1);
    expect(setting.server.requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('an unchanged file is not fetched: by 304, and by the same ETag if the server sends no 304', async () => {
    const body = randomBytes(2 * MB);
    const setting = await setUp({ body, etag: '"a"', lastModified: OLD });
    const known = { etag: 'W/"a"', lastModified: undefined, bytes: undefined };
    setting.server.file.etag = 'W/"a"';
    expect(await setting.get({ known })).toEqual({ kind: 'unchanged' });
    expect(setting.server.requests[0]?.headers['if-none-match']).toBe('W/"a"');
    setting.server.file.ignoresConditions = true;
    expect(await setting.get({ known })).toEqual({ kind: 'unchanged' });
    expect(setting.downloader.requests()).toBe(2);
    expect(existsSync(setting.file)).toBe(false);
  });

  test.each([
    ['the same time and length: unchanged', OLD, 1000, 'unchanged'],
    ['another length: fetched', OLD, 999, 'fetched'],
    ['another time: fetched', 'Tue, 03 Nov 2026 08:00:00 GMT', 1000, 'fetched'],
  ])('without an ETag, %s', async (_, lastModified, bytes, kind) => {
    const setting = await setUp({ body: randomBytes(1000), lastModified: OLD, ignoresConditions: true });
    const known: Validators = { etag: undefined, lastModified, bytes };
    expect(await setting.get({ known })).toMatchObject({ kind });
  });

  test('a 304 for another state is not believed', async () => {
    const body = randomBytes(1000);
    const setting = await setUp({ body, etag: '"new"' });
    setting.server.file.intercept = ({ headers }, response) => {
      if (headers['if-none-match'] === undefined) return false;
      response.writeHead(304, { ETag: '"other"' }).end();
      return true;
    };
    const known = { etag: '"a"', lastModified: undefined, bytes: undefined };
    expect(await setting.get({ known })).toMatchObject(fetched(body));
  });

  test.each([404, 410])('status %i means that the file is not published', async (status) => {
    const setting = await setUp({ body: Buffer.alloc(0), intercept: answering(status) });
    expect(await setting.get()).toEqual({ kind: 'absent', isGone: status === 410 });
    expect(setting.downloader.requests()).toBe(1);
  });

  test('what is whole on disk is not fetched again: by 304, and by the same ETag', async () => {
    const body = randomBytes(2 * MB);
    const setting = await setUp({ body, etag: '"a"' });
    await setting.get();
    expect(await setting.get()).toMatchObject(fetched(body, { wasWhole: true }));
    setting.server.file.ignoresConditions = true;
    expect(await setting.get()).toMatchObject(fetched(body, { wasWhole: true }));
    expect(setting.server.requests).toHaveLength(3);
  });

  test('a whole file that was damaged on disk is fetched again, and so is one that was dropped', async () => {
    const body = randomBytes(1000);
    const setting = await setUp({ body, etag: '"a"' });
    await setting.get();
    writeFileSync(setting.file, Buffer.from(body).fill(0, 10, 20));
    expect(await setting.get()).toMatchObject(fetched(body));
    expect(readFileSync(setting.file).equals(body)).toBe(true);
    dropDownload(setting.file);
    expect(filesOf(setting)).toEqual([]);
    expect(await setting.get()).toMatchObject(fetched(body));
  });

  test('a new state replaces the whole file of the old one', async () => {
    const setting = await setUp({ body: randomBytes(1000), etag: '"a"' });
    await setting.get();
    const body = randomBytes(1500);
    Object.assign(setting.server.file, { body, etag: '"b"' });
    expect(await setting.get()).toMatchObject(fetched(body));
    expect(readFileSync(setting.file).equals(body)).toBe(true);
    expect(filesOf(setting)).toEqual(['file.zip', 'file.zip.json']);
  });

  test('promise 24: a server without TLS behind an https address is unavailable, and nothing is stored', async () => {
    const { server, get, folder } = await setUp({ body: randomBytes(2000) });
    const failed = await get({ url: server.url.replace('http:', 'https:') }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UnavailableError);
    expect(failed).toMatchObject({ code: 'tls-failed' });
    expect(readdirSync(folder, { recursive: true }).filter((path) => String(path).endsWith('zip'))).toEqual(
      [],
    );
  });

  test('a wrong SHA-256 is an error that names both, and nothing stays', async () => {
    const body = randomBytes(1000);
    const setting = await setUp({ body, etag: '"a"' });
    const wrong = 'ab'.repeat(32);
    const error = await setting.get({ sha256: wrong }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(DamagedFileError);
    expect((error as Error).message).toContain(wrong);
    expect((error as Error).message).toContain(sha256(body));
    expect(filesOf(setting)).toEqual([]);
    expect(await setting.get({ sha256: sha256(body).toUpperCase() })).toMatchObject(fetched(body));
  });

  test('a length that the server does not announce is taken as it comes', async () => {
    const body = randomBytes(2 * MB);
    const setting = await setUp({ body, etag: '"a"', isChunked: true });
    expect(await setting.get()).toMatchObject(fetched(body));
  });

  test('a body that is compressed unasked is refused: its ranges are not those of the file', async () => {
    const setting = await setUp({
      body: Buffer.alloc(0),
      intercept: (_, response) => {
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('x');
        return true;
      },
    });
    await expect(setting.get()).rejects.toThrow(/gzip/);
  });
});

describe('a download that was interrupted', () => {
  test('resumes at its byte, with Range and If-Range of the strong ETag', async () => {
    const body = randomBytes(600_000);
    const setting = await setUp({ body, etag: '"a"', lastModified: OLD });
    await interrupted(setting, 400_000);
    const before = setting.server.sent();
    const { size } = statSync(`${setting.file}.part`);
    expect(size).toBeGreaterThan(300_000);
    expect(await setting.get()).toMatchObject(fetched(body));
    expect(setting.server.requests).toHaveLength(1);
    expect(setting.server.requests[0]?.headers).toMatchObject({ range: `bytes=${size}-`, 'if-range': '"a"' });
    expect(setting.server.sent() - before).toBe(600_000 - size);
    expect(readFileSync(setting.file).equals(body)).toBe(true);
  });

  test('resumes by Last-Modified if the ETag is weak', async () => {
    const body = randomBytes(600_000);
    const setting = await setUp({ body, etag: 'W/"a"', lastModified: OLD });
    await interrupted(setting, 400_000);
    expect(await setting.get()).toMatchObject(fetched(body));
    expect(setting.server.requests[0]?.headers['if-range']).toBe(OLD);
  });

  test.each([
    ['no ETag and no time', undefined, undefined],
    ['a weak ETag alone', 'W/"a"', undefined],
    ['a time of the same second', undefined, 'Fri, 01 Jan 2100 08:00:00 GMT'],
  ])('starts again if it has %s', async (_, etag, lastModified) => {
    const body = randomBytes(600_000);
    const setting = await setUp({ body, etag, lastModified });
    await interrupted(setting, 400_000);
    expect(await setting.get()).toMatchObject(fetched(body));
    expect(setting.server.requests).toHaveLength(1);
    expect(setting.server.requests[0]?.headers).not.toHaveProperty('range');
  });

  test.each<[string, Partial<ServedFile>, number]>([
    ['the server ignores ranges', { ignoresRange: true }, 1],
    ['the ETag changed', { body: randomBytes(600_000), etag: '"b"' }, 1],
    ['the ETag changed and the server ignores If-Range', { etag: '"b"', ignoresIfRange: true }, 2],
    [
      'the length changed and the server ignores If-Range',
      { body: randomBytes(500_000), ignoresIfRange: true },
      2,
    ],
    ['the new file is shorter than the part', { body: randomBytes(1000), ignoresIfRange: true }, 2],
  ])('starts again if %s', async (_, change, requests) => {
    const setting = await setUp({ body: randomBytes(600_000), etag: '"a"' });
    await interrupted(setting, 400_000);
    Object.assign(setting.server.file, change);
    const { body } = setting.server.file;
    expect(await setting.get()).toMatchObject(fetched(body));
    expect(setting.server.requests).toHaveLength(requests);
    expect(readFileSync(setting.file).equals(body)).toBe(true);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['a 412', (response) => response.writeHead(412).end()],
    ['a 206 without a range', (response) => response.writeHead(206, { ETag: '"a"' }).end('x')],
    [
      'a 206 from another byte',
      (response) => response.writeHead(206, { 'Content-Range': 'bytes 0-599999/600000' }).end('x'),
    ],
    [
      'a 206 of unknown total',
      (response) => response.writeHead(206, { 'Content-Range': 'bytes 400000-599999/*' }).end('x'),
    ],
    ['a 416 without a total', (response) => response.writeHead(416).end()],
  ])('starts again after %s', async (_, respond) => {
    const body = randomBytes(600_000);
    const setting = await setUp({ body, etag: '"a"' });
    await interrupted(setting, 400_000);
    setting.server.file.intercept = ({ headers }, response) => {
      if (headers.range !== undefined) respond(response);
      return headers.range !== undefined;
    };
    expect(await setting.get()).toMatchObject(fetched(body));
    expect(readFileSync(setting.file).equals(body)).toBe(true);
  });

  test('a part that has all bytes becomes the file by a 416, without a body', async () => {
    const body = randomBytes(600_000);
    const setting = await setUp({ body, etag: '"a"' });
    await interrupted(setting, 400_000);
    writeFileSync(`${setting.file}.part`, body);
    const before = setting.server.sent();
    expect(await setting.get()).toMatchObject(fetched(body, { wasWhole: true }));
    expect(setting.server.sent()).toBe(before);
    expect(readFileSync(setting.file).equals(body)).toBe(true);
  });

  test.each(['file.zip.part.json', 'file.zip.part'])('starts again without %s', async (name) => {
    const body = randomBytes(600_000);
    const setting = await setUp({ body, etag: '"a"' });
    await interrupted(setting, 400_000);
    rmSync(join(setting.folder, 'work', name));
    expect(await setting.get()).toMatchObject(fetched(body));
    expect(setting.server.requests[0]?.headers).not.toHaveProperty('range');
  });

  test('a part of another address is not resumed', async () => {
    const body = randomBytes(600_000);
    const setting = await setUp({ body, etag: '"a"' });
    await interrupted(setting, 400_000);
    expect(await setting.get({ url: `${setting.server.url}?year=2027` })).toMatchObject(fetched(body));
    expect(setting.server.requests[0]?.headers).not.toHaveProperty('range');
  });

  test('an abort keeps the part, and ends with the reason', async () => {
    const body = randomBytes(2 * MB);
    const controller = new AbortController();
    const setting = await setUp(
      { body, etag: '"a"', pauseMs: 2 },
      { onProgress: (_, got) => got > 200_000 && controller.abort(new Error('stopped')) },
    );
    await expect(setting.get({}, controller.signal)).rejects.toThrow('stopped');
    expect(filesOf(setting)).toEqual(['file.zip.part', 'file.zip.part.json']);
    setting.server.file.pauseMs = 0;
    expect(
      await downloaderOf({}).download({ url: setting.server.url, file: setting.file, label: 'x' }, NEVER),
    ).toMatchObject(fetched(body));
    expect(setting.server.requests[1]?.headers.range).toMatch(/^bytes=\d{6,}-$/);
  });
});

describe('a server with faults', () => {
  test('one that cuts every connection after a few megabytes is resumed until the end, without a retry', async () => {
    const body = randomBytes(9 * MB);
    const setting = await setUp({ body, etag: '"a"' }, { maxRetries: 0 });
    setting.server.file.intercept = ({ headers }) => {
      const start = Number(/\d+/.exec(headers.range ?? '')?.[0] ?? 0);
      setting.server.file.cutAt = start + 2 * MB;
      return false;
    };
    expect(await setting.get()).toMatchObject(fetched(body));
    expect(setting.server.requests.length).toBeGreaterThan(3);
    expect(readFileSync(setting.file).equals(body)).toBe(true);
  });

  test('one that always cuts at the same byte is given up after the retries; the part stays', async () => {
    const setting = await setUp({ body: randomBytes(600_000), etag: '"a"', cutAt: 100_000 });
    await expect(setting.get()).rejects.toThrow(UnavailableError);
    expect(setting.downloader.requests()).toBe(4);
    expect(filesOf(setting)).toEqual(['file.zip.part', 'file.zip.part.json']);
  });

  test('a body that is shorter than announced is not the file', async () => {
    const body = randomBytes(600_000);
    const setting = await setUp({ body, etag: '"a"' });
    setting.server.file.intercept = ({ headers }, response) => {
      if (headers.range !== undefined) return false;
      response.writeHead(200, { ETag: '"a"', 'Content-Length': body.length });
      response.write(body.subarray(0, 1000), () => setTimeout(() => response.destroy(), 100));
      return true;
    };
    expect(await setting.get()).toMatchObject(fetched(body));
    expect(setting.server.requests).toHaveLength(2);
  });

  test('a body that is longer than announced is not the file', async () => {
    const body = randomBytes(600_000);
    const setting = await setUp({ body, etag: '"a"' });
    await interrupted(setting, 400_000);
    setting.server.file.intercept = ({ headers }, response) => {
      if (headers.range === undefined) return false;
      const start = Number(/\d+/.exec(headers.range)?.[0]);
      response.writeHead(206, { 'Content-Range': `bytes ${start}-599999/600000` });
      response.end(randomBytes(600_001 - start));
      return true;
    };
    expect(await setting.get()).toMatchObject(fetched(body));
    expect(readFileSync(setting.file).equals(body)).toBe(true);
  });

  test('a server that is silent in the middle is left after the idle time', async () => {
    const body = randomBytes(600_000);
    const setting = await setUp({ body, etag: '"a"' }, { idleTimeout: 300 });
    setting.server.file.intercept = ({ headers }, response) => {
      if (headers.range !== undefined) return false;
      response.writeHead(200, { ETag: '"a"', 'Content-Length': body.length });
      response.write(body.subarray(0, 1000));
      return true;
    };
    expect(await setting.get()).toMatchObject(fetched(body));
    expect(setting.server.requests[1]?.headers.range).toBe('bytes=1000-');
  });

  test('a server that never answers ends in an error that names the wait', async () => {
    const setting = await setUp(
      { body: Buffer.alloc(0), intercept: () => true },
      { idleTimeout: 200, maxRetries: 1 },
    );
    await expect(setting.get()).rejects.toThrow(/no bytes within 0.2 s.*2 tries/);
  });

  test.each([
    [503, UnavailableError, 4],
    [403, FatalError, 1],
    [500, UnavailableError, 4],
  ])('status %i', async (status, kind, requests) => {
    const setting = await setUp({ body: Buffer.alloc(0), intercept: answering(status) });
    await expect(setting.get()).rejects.toThrow(kind);
    expect(setting.downloader.requests()).toBe(requests);
  });

  test('a 429 is retried after its Retry-After', async () => {
    const body = randomBytes(1000);
    const clock = fakeClock();
    const setting = await setUp({ body, etag: '"a"' }, { clock });
    setting.server.file.intercept = (_, response) => {
      if (setting.server.requests.length > 1) return false;
      response.writeHead(429, { 'Retry-After': '7' }).end();
      return true;
    };
    expect(await setting.get()).toMatchObject(fetched(body));
    expect(clock.sleeps).toEqual([7000]);
  });
});

describe('redirects', () => {
  test('are followed, five at most, without user and password', async () => {
    const body = randomBytes(1000);
    const setting = await setUp({ body, etag: '"a"' });
    let left = 5;
    setting.server.file.intercept = ({ headers }, response) => {
      if (left === 0) return false;
      left -= 1;
      const location = left === 2 ? `http://me:secret@${headers.host}/x` : `/again/${left}`;
      response.writeHead(302, { location }).end();
      return true;
    };
    expect(await setting.get()).toMatchObject(fetched(body));
    expect(setting.server.requests).toHaveLength(6);
    for (const { headers } of setting.server.requests) expect(headers).not.toHaveProperty('authorization');
    left = 6;
    dropDownload(setting.file);
    await expect(setting.get()).rejects.toThrow(/more than 5 redirects/);
  });

  test('the password of the address is not sent to another address', async () => {
    const body = randomBytes(1000);
    const setting = await setUp({ body, etag: '"a"' });
    setting.server.file.intercept = ({ url }, response) => {
      if (url === '/new') return false;
      response.writeHead(301, { location: '/new' }).end();
      return true;
    };
    const url = setting.server.url.replace('://', '://me:secret@');
    expect(await setting.get({ url })).toMatchObject(fetched(body));
    expect(setting.server.requests[0]?.headers.authorization).toBeDefined();
    expect(setting.server.requests[1]?.headers).not.toHaveProperty('authorization');
  });

  test.each(['ftp://127.0.0.1/x', 'http://[', undefined])('to %s is not followed', async (location) => {
    const setting = await setUp({
      body: Buffer.alloc(0),
      intercept: (_, response) => {
        response.writeHead(302, location === undefined ? {} : { location }).end();
        return true;
      },
    });
    await expect(setting.get()).rejects.toThrow(ConfigError);
    expect(setting.downloader.requests()).toBe(1);
  });
});

describe('limits', () => {
  test('a file that does not fit on the disk is refused before its body is read', async () => {
    const setting = await setUp(
      { body: randomBytes(5 * MB), etag: '"a"' },
      { freeBytes: () => 6 * MB, minFree: 2 * MB },
    );
    await expect(setting.get()).rejects.toThrow(
      'the download needs 5 MB, 6 MB are free, and 2 MB must stay free',
    );
    expect(existsSync(`${setting.file}.part`)).toBe(false);
  });

  test('a body of unknown length stops before the disk is full', async () => {
    let free = 20 * MB;
    const setting = await setUp(
      { body: Buffer.alloc(40 * MB), etag: '"a"', isChunked: true },
      { freeBytes: () => free, minFree: 10 * MB, onProgress: (_, got) => (free = 20 * MB - got) },
    );
    await expect(setting.get()).rejects.toThrow(FatalError);
  });

  test('the speed of all downloads together is limited, and progress is reported', async () => {
    const clock = fakeClock();
    const seen: (number | undefined)[][] = [];
    const body = randomBytes(2 * MB);
    const setting = await setUp(
      { body, etag: '"a"' },
      { clock, bytesPerSecond: MB / 2, onProgress: (_, got, total) => seen.push([got, total]) },
    );
    const start = clock.now();
    await setting.get();
    expect(clock.now() - start).toBeGreaterThan(3900);
    expect(seen.at(-1)).toEqual([2 * MB, 2 * MB]);
  });

  test('as many downloads run at a time as are allowed', async () => {
    let open = 0;
    let most = 0;
    const setting = await setUp(
      {
        body: Buffer.alloc(0),
        intercept: (_, response) => {
          open += 1;
          most = Math.max(most, open);
          setTimeout(() => {
            open -= 1;
            response.writeHead(404).end();
          }, 30);
          return true;
        },
      },
      { maxParallel: 2 },
    );
    const all = Array.from({ length: 6 }, (_, n) => setting.get({ file: `${setting.file}.${n}` }));
    await Promise.all(all);
    expect(most).toBe(2);
  });

  test('the circuit breaker of one host does not stop another', async () => {
    const clock = fakeClock();
    const down = await setUp({ body: Buffer.alloc(0), intercept: answering(503) });
    const up = await setUp({ body: randomBytes(10), etag: '"a"' });
    const downloader = downloaderOf({ clock, maxRetries: 20, deadline: 50_000 });
    const ask = ({ server, file }: Setting) =>
      downloader.download({ url: server.url, file, label: 'x' }, NEVER);
    await expect(ask(down)).rejects.toThrow(/5 failures in a row/);
    expect(await ask(up)).toMatchObject({ kind: 'fetched' });
    expect(down.server.requests).toHaveLength(5);
  });
});

function answering(status: number): NonNullable<ServedFile['intercept']> {
  return (_, response) => {
    response.writeHead(status).end('no');
    return true;
  };
}
