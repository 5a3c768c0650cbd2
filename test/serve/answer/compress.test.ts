import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import type { FreshDatabase } from '../../helpers/database.ts';
import { openSocket } from '../../helpers/raw-request.ts';
import { served } from '../../helpers/serve.ts';
import { addItems } from '../../helpers/stored-items.ts';
import { migratedDatabase } from '../../helpers/template.ts';

let db: FreshDatabase;

beforeAll(async () => {
  db = await migratedDatabase();
  await addItems(db, 40);
});

test('an answer of more than 1 KB is compressed for callers that take gzip, and has the same ETag', async () => {
  const { get, url } = await served(db);
  const plain = await get('/data');
  const zipped = await get('/data', { 'accept-encoding': 'gzip' });
  expect(plain.headers).not.toHaveProperty('content-encoding');
  expect(plain.headers['content-length']).toBe(String(Buffer.byteLength(plain.text)));
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(zipped.headers['vary']).toContain('Accept-Encoding');
  expect(zipped.headers['etag']).toBe(plain.headers['etag']);
  const again = await get('/data', { 'accept-encoding': 'gzip', 'if-none-match': zipped.headers['etag']! });
  expect(again).toMatchObject({ status: 304, text: '' });
  const body = gunzipSync(await readBody(url, '/data'));
  expect((JSON.parse(body.toString()) as { data: object[] }).data).toEqual(plain.json().data);
});

test('a short answer is not compressed', async () => {
  const { get } = await served(db);
  for (const path of ['/health/live', '/data?x=1', '/nothing']) {
    const reply = await get(path, { 'accept-encoding': 'gzip' });
    expect(reply.headers).not.toHaveProperty('content-encoding');
    expect(reply.headers['content-length']).toBe(String(reply.text.length));
  }
});

/** The bytes of a body, as they were sent. */
async function readBody(url: string, path: string): Promise<Buffer> {
  const socket = await openSocket(url);
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.write(`GET ${path} HTTP/1.0\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n`);
  await new Promise((resolve) => socket.once('close', resolve));
  const all = Buffer.concat(parts);
  return all.subarray(all.indexOf('\r\n\r\n') + 4);
}
