import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configured, trestle } from '../helpers/cli.ts';
import { photoOf, photoServer } from '../helpers/photo-server.ts';
import { sandboxFor } from '../helpers/pipeline.ts';
import { refuse, type S3Server, startS3Server } from '../helpers/s3-server.ts';
import { migratedDatabase } from '../helpers/template.ts';
import { openStore } from '../../src/media/open-store.ts';
import { clock } from '../../src/host/clock.ts';
import { noLogs } from '../../src/log/log.ts';

let s3: S3Server;

beforeAll(async () => {
  s3 = await startS3Server();
});

afterAll(() => s3.close());

const NEVER = new AbortController().signal;
const PUTS = 130;

type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

const stopped: Answer = (request) => (request.destroy(), true);

test.each<[string, Answer, number, RegExp]>([
  ['a bucket that is gone', (_, response) => refuse(response, 404, 'NoSuchBucket'), 78, /bucket/],
  [
    'a bucket that refuses access',
    (_, response) => refuse(response, 403, 'AccessDenied'),
    78,
    /AccessDenied/,
  ],
  ['a server that is stopped', stopped, 69, /s3|127\.0\.0\.1/],
])(
  'promise 34: %s in the middle of a download ends with an error, and the next run resumes',
  async (_, answer, code, message) => {
    const [sandbox, db] = [await sandboxFor({ listings: 40, mediaPerListing: 5 }), await migratedDatabase()];
    const server = await photoServer();
    const prefix = `run-${code}-${String(message.source.length)}`;
    const address = `s3://${s3.bucket}/${prefix}`;
    const folder = configured(sandbox, db, { MEDIA_STORE: address, MEDIA_MINUTE_LIMIT: '100000', ...s3.env });
    expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0 });
    await db.query(`UPDATE media SET media_url = CONCAT('${server.origin}/', media_key, '?signed=1')`);
    const media = await db.query<{ k: string }>('SELECT media_key AS k FROM media');
    for (const { k } of media) server.photos.set(k, photoOf(k));

    let puts = 0;
    s3.intercept = (request, response) => {
      if (request.method === 'PUT') puts += 1;
      return puts > PUTS && answer(request, response);
    };
    const failed = await trestle(folder, ['media', 'download'], s3.env);
    expect(failed).toMatchObject({ code });
    expect(failed.stderr).toMatch(message);
    s3.intercept = () => false;

    const stored = () =>
      db.query<{ k: string; path: string }>(
        "SELECT media_key AS k, store_path AS path FROM media_file WHERE state = 'stored'",
      );
    const store = openStore({
      address,
      stateDir: folder,
      env: s3.env,
      clock,
      random: Math.random,
      log: noLogs().main,
    });
    const readBytes = async (path: string): Promise<Buffer> => {
      const parts: Uint8Array[] = [];
      for await (const part of (await store.open(path, NEVER)) ?? []) parts.push(part);
      return Buffer.concat(parts);
    };
    // Each row has a whole file, and files without a row are recorded as unfinished.
    const before = await stored();
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(media.length);
    for (const { k, path } of before)
      expect((await readBytes(path)).equals(server.photos.get(k)!)).toBe(true);

    expect(await trestle(folder, ['media', 'download'], s3.env)).toMatchObject({ code: 0, stderr: '' });
    const after = await stored();
    expect(after).toHaveLength(media.length);
    for (const { k, path } of after) expect((await readBytes(path)).equals(server.photos.get(k)!)).toBe(true);
    const paths: string[] = [];
    for await (const { path } of store.list(NEVER)) paths.push(path);
    expect(paths.toSorted()).toEqual(after.map(({ path }) => path).toSorted());
    expect(s3.uploads()).toEqual([]);
    expect(await db.query('SELECT * FROM etl_media_object')).toEqual([]);
  },
);

test('a bucket that refuses everything ends a download before a file is requested', async () => {
  const [sandbox, db] = [await sandboxFor({ listings: 40, mediaPerListing: 5 }), await migratedDatabase()];
  const server = await photoServer();
  const address = `s3://${s3.bucket}/refused`;
  const folder = configured(sandbox, db, { MEDIA_STORE: address, ...s3.env });
  expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0 });
  await db.query(`UPDATE media SET media_url = CONCAT('${server.origin}/', media_key, '?signed=1')`);
  s3.intercept = (_, response) => refuse(response, 403, 'AccessDenied');
  const failed = await trestle(folder, ['media', 'download'], s3.env);
  s3.intercept = () => false;
  expect(failed).toMatchObject({ code: 78, stdout: '' });
  expect(failed.stderr).toMatch(/answered 403 AccessDenied.*allow s3:GetObject, s3:PutObject/s);
  expect(server.requests).toEqual([]);
  expect(await db.query("SELECT COUNT(*) AS n FROM media_file WHERE state <> 'pending'")).toEqual([
    { n: '0' },
  ]);
});
