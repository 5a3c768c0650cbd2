import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../helpers/database.ts';
import { temporaryFolder } from '../../helpers/pipeline.ts';
import { served } from '../../helpers/serve.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;
let store: string;

beforeAll(async () => {
  db = await migratedDatabase();
  const outside = temporaryFolder();
  store = join(outside, 'store');
  mkdirSync(join(store, 'aa'), { recursive: true });
  writeFileSync(join(outside, 'secret.jpg'), 'a secret');
  writeFileSync(join(store, 'aa/photo.jpg'), 'a photo');
  writeFileSync(join(store, 'aa/page.html'), '<script>alert(1)</script>');
  symlinkSync(join(outside, 'secret.jpg'), join(store, 'aa/link.jpg'));
  await db.query(
    'INSERT INTO properties (listing_key, internet_entire_listing_display_yn, deleted_at, modification_timestamp, content_hash, run_id, created_at, updated_at) ' +
      "VALUES ('shown', NULL, NULL, NOW(3), '', 1, NOW(3), NOW(3)), ('hidden', 0, NULL, NOW(3), '', 1, NOW(3), NOW(3)), " +
      "('deleted', 1, NOW(3), NOW(3), '', 1, NOW(3), NOW(3))",
  );
  const add = (
    key: string,
    listing: string,
    path: string,
    type: string,
    state = 'stored',
  ): Promise<unknown> =>
    db.query(
      "INSERT INTO media_file (media_key, listing_key, state, wanted_for, store_path, content_type) VALUES (?, ?, ?, 'x', ?, ?)",
      [key, listing, state, path, type],
    );
  await add('photo/1', 'shown', 'aa/photo.jpg', 'image/jpeg');
  await add('page', 'shown', 'aa/page.html', 'text/html');
  await add('outside', 'shown', '../secret.jpg', 'image/jpeg');
  await add('absolute', 'shown', join(outside, 'secret.jpg'), 'image/jpeg');
  await add('link', 'shown', 'aa/link.jpg', 'image/jpeg');
  await add('lost', 'shown', 'aa/lost.jpg', 'image/jpeg');
  await add('folder', 'shown', 'aa', 'image/jpeg');
  await add('hidden', 'hidden', 'aa/photo.jpg', 'image/jpeg');
  await add('deleted', 'deleted', 'aa/photo.jpg', 'image/jpeg');
  await add('removed', 'shown', 'aa/photo.jpg', 'image/jpeg', 'removed');
});

test('a stored photo is sent with its type', async () => {
  const { get } = await served(db, { MEDIA_STORE: store });
  const reply = await get('/files/photo%2F1');
  expect(reply).toMatchObject({ status: 200, text: 'a photo' });
  expect(reply.headers).toMatchObject({ 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff' });
  expect(await get('/files/photo%2F1', {}, 'HEAD')).toMatchObject({
    status: 200,
    text: '',
    headers: { 'content-length': '7' },
  });
});

test('a file that is no picture is only saved, never shown', async () => {
  const { get } = await served(db, { MEDIA_STORE: store });
  expect((await get('/files/page')).headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': 'attachment',
  });
});

test.each([
  'outside',
  'absolute',
  'link',
  'lost',
  'folder',
  'hidden',
  'deleted',
  'removed',
  'none',
  '..%2Fsecret.jpg',
  '%2e%2e%2fsecret.jpg',
  'aa%2Fphoto.jpg',
])('%s is no file that is sent', async (key) => {
  const { get } = await served(db, { MEDIA_STORE: store });
  const { status, text } = await get(`/files/${key}`);
  expect({ status, text }).toEqual({ status: 404, text: expect.stringContaining('not_found') });
});

test('files need a key, if one is set, and a local store', async () => {
  const locked = await served(db, { MEDIA_STORE: store, SERVE_KEYS: 'site:0123456789abcdef' });
  expect((await locked.get('/files/photo%2F1')).status).toBe(401);
  const page = await locked.get('/', { accept: 'text/html' });
  expect(page).toMatchObject({ status: 401 });
  expect(page.headers['www-authenticate']).toMatch(/^Basic /);
  const elsewhere = await served(db, { MEDIA_STORE: 's3://bucket/prefix' });
  expect((await elsewhere.get('/files/photo%2F1')).status).toBe(404);
});
