import { setTimeout as wait } from 'node:timers/promises';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { InterruptedError, QueryRefusedError, UnavailableError } from '../../../src/errors.ts';
import { type MediaSetting, mediaSetting } from '../../helpers/media-run.ts';
import { photoOf } from '../../helpers/photo-server.ts';
import { picture } from '../../media/fetch/samples.ts';

const HOUR_MS = 3_600_000;

type Row = Readonly<Record<string, string | null>>;

function rowsOf({ db }: MediaSetting, where = '1 = 1'): Promise<Row[]> {
  return db.query<Row>(`SELECT * FROM media_file WHERE ${where} ORDER BY media_key`);
}

/** Each row has its file, byte for byte; there is no other file, and nothing is remembered as unfinished. */
async function expectWhole(setting: MediaSetting, keys?: readonly string[]): Promise<void> {
  const { rows, paths } = await setting.readFiles();
  for (const [key, bytes] of rows) expect(bytes.equals(setting.server.photos.get(key)!), key).toBe(true);
  if (keys !== undefined) expect([...rows.keys()].toSorted()).toEqual([...keys].toSorted());
  expect(paths).toHaveLength(rows.size);
  expect(await setting.db.query('SELECT * FROM etl_media_object')).toEqual([]);
}

test('promise 34: new photos are stored whole, and a second pass requests nothing', async () => {
  const setting = await mediaSetting();
  await setting.addListing('L1', 3);
  await setting.addListing('L2', 2);
  const first = await setting.download();
  expect(first).toMatchObject({ status: 'success', added: 5, failed: 0, left: 0, requests: 5 });
  await expectWhole(setting, ['L1-1', 'L1-2', 'L1-3', 'L2-1', 'L2-2']);
  const [row] = await rowsOf(setting, "media_key = 'L1-1'");
  expect(row).toMatchObject({ state: 'stored', content_type: 'image/jpeg', byte_size: '606', tries: 0 });
  expect(row!['store_path']).toMatch(/^[0-9a-f]{2}\/[0-9a-f]\/l1-1-[0-9a-f]{16}\.jpg$/);
  setting.server.requests.length = 0;
  expect(await setting.download()).toMatchObject({ status: 'success', added: 0, requests: 0 });
  expect(setting.server.requests).toEqual([]);
  const runs = await setting.db.query<Row>(
    'SELECT source, mode, status, records_inserted FROM etl_sync_log ORDER BY id',
  );
  expect(runs[0]).toEqual({ source: 'media', mode: 'media', status: 'success', records_inserted: '5' });
});

test('promise 35: a changed photo replaces the old one, and an unchanged one costs a 304', async () => {
  const setting = await mediaSetting();
  await setting.addListing('L1', 3);
  await setting.download();
  const [before] = await rowsOf(setting, "media_key = 'L1-2'");
  await setting.changePhoto('L1-2', 2);
  setting.server.photos.set('L1-3', setting.server.photos.get('L1-3')!);
  await setting.db.query(
    "UPDATE properties SET media_fetched_for = '2026-05-05 00:00:00.000' WHERE listing_key = 'L1'",
  );
  setting.server.requests.length = 0;
  expect(await setting.download()).toMatchObject({ replaced: 1, unchanged: 2, added: 0, requests: 3 });
  expect(setting.server.requests.every(({ headers }) => headers['if-none-match'] !== undefined)).toBe(true);
  const [after] = await rowsOf(setting, "media_key = 'L1-2'");
  expect(after!['store_path']).not.toBe(before!['store_path']);
  await expectWhole(setting, ['L1-1', 'L1-2', 'L1-3']);
});

test('MEDIA_SIZES stores smaller versions beside a photo, which are replaced and removed with it', async () => {
  const setting = await mediaSetting({ sizes: [40, 80, 320] });
  await setting.addListing('L1', 2);
  setting.server.photos.set('L1-1', await picture().jpeg().toBuffer());
  // Only its header and end are those of a picture.
  const failed = await setting.download();
  expect(failed).toMatchObject({ added: 1, failed: 1 });
  const [row, corrupt] = await rowsOf(setting);
  expect(row).toMatchObject({ state: 'stored', sizes: '40,80' });
  expect(corrupt).toMatchObject({ state: 'failed', reason: 'corrupt', store_path: null });
  const path = row!['store_path']!;
  const { paths } = await setting.readFiles();
  expect(paths).toEqual([path, `${path}.w40.jpg`, `${path}.w80.jpg`]);
  const small = await setting.readFile(`${path}.w40.jpg`);
  expect(await sharp(small).metadata()).toMatchObject({ width: 40, format: 'jpeg' });

  await setting.db.query("DELETE FROM media WHERE media_key = 'L1-2'");
  await setting.changePhoto('L1-1', 2);
  setting.server.photos.set('L1-1', await picture(60, 40).png().toBuffer());
  expect(await setting.download()).toMatchObject({ replaced: 1 });
  const [after] = await rowsOf(setting, "media_key = 'L1-1'");
  const { paths: left } = await setting.readFiles();
  expect(left).toEqual([after!['store_path'], `${after!['store_path']}.w40.jpg`]);
  expect(await setting.db.query('SELECT * FROM etl_media_object')).toEqual([]);
});

test('the same bytes under a new ETag are not stored twice', async () => {
  const setting = await mediaSetting();
  await setting.addListing('L1', 1);
  setting.server.fault = (_, response) => (response.writeHead(200).end(photoOf('L1-1')), true);
  await setting.download();
  await setting.changePhoto('L1-1', 1);
  expect(await setting.download()).toMatchObject({ unchanged: 1, replaced: 0, bytes: 0, requests: 1 });
  await expectWhole(setting);
});

test('promise 35: expired addresses are asked for again once, and stored', async () => {
  const setting = await mediaSetting();
  await setting.addListing('L1', 4);
  await setting.addListing('L2', 4);
  setting.server.signature = 2;
  expect(await setting.download()).toMatchObject({ added: 8, failed: 0 });
  expect(setting.renewals.toSorted()).toEqual(['L1', 'L2']);
  await expectWhole(setting);
  const [media] = await setting.db.query<Row>(
    "SELECT media_url, content_hash FROM media WHERE media_key = 'L1-1'",
  );
  expect(media!['media_url']).toContain('signed=2');
});

test('promise 35: a listing whose media the feed refuses does not end the download of the others', async () => {
  const setting = await mediaSetting();
  for (const key of ['L1', 'L2', 'L3']) await setting.addListing(key, 2);
  setting.server.signature = 2;
  setting.refused.add('L2');
  expect(await setting.download()).toMatchObject({ status: 'partial', added: 4, failed: 2, left: 0 });
  const failed = await rowsOf(setting, "listing_key = 'L2'");
  expect(failed.map(({ state, reason }) => [state, reason])).toEqual([
    ['failed', 'expired'],
    ['failed', 'expired'],
  ]);
  setting.refused.clear();
  setting.later(1.1 * HOUR_MS);
  expect(await setting.download()).toMatchObject({ added: 2, failed: 0 });
  await expectWhole(setting);
});

test('a feed that refuses the media of every listing ends the download', async () => {
  const setting = await mediaSetting();
  for (const key of ['L1', 'L2']) {
    await setting.addListing(key, 1);
    setting.refused.add(key);
  }
  setting.server.signature = 2;
  await expect(setting.download()).rejects.toThrow(QueryRefusedError);
});

test('a photo that the server does not have fails with its reason, and waits longer each time', async () => {
  const setting = await mediaSetting();
  await setting.addListing('L1', 2);
  setting.server.photos.delete('L1-2');
  expect(await setting.download()).toMatchObject({ status: 'partial', added: 1, failed: 1 });
  expect(setting.renewals).toEqual(['L1']);
  const [row] = await rowsOf(setting, "media_key = 'L1-2'");
  expect(row).toMatchObject({ state: 'failed', reason: 'expired', tries: 1 });
  expect(await setting.download()).toMatchObject({ requests: 0 });
  setting.later(1.1 * HOUR_MS);
  expect(await setting.download()).toMatchObject({ failed: 1 });
  setting.later(1.1 * HOUR_MS);
  expect(await setting.download()).toMatchObject({ requests: 0 });
  setting.server.photos.set('L1-2', photoOf('L1-2'));
  expect(await setting.download({ listing: 'L1' })).toMatchObject({ added: 1, left: 0 });
  await expectWhole(setting, ['L1-1', 'L1-2']);
});

describe('a bad answer is a counted failure, never a broken file', () => {
  test.each([
    ['html', 200, Buffer.from('<html>maintenance</html>')],
    ['empty', 200, Buffer.alloc(0)],
    ['status', 418, Buffer.from('teapot')],
  ])('%s', async (reason, status, bytes) => {
    const setting = await mediaSetting();
    await setting.addListing('L1', 2);
    setting.server.fault = ({ key }, response) =>
      key === 'L1-1' && (response.writeHead(status, { 'content-length': bytes.length }).end(bytes), true);
    expect(await setting.download()).toMatchObject({ added: 1, failed: 1 });
    expect(await rowsOf(setting, "state = 'failed'")).toMatchObject([
      { media_key: 'L1-1', reason, store_path: null },
    ]);
    await expectWhole(setting, ['L1-2']);
  });

  test('a changed photo that fails keeps its earlier file', async () => {
    const setting = await mediaSetting();
    await setting.addListing('L1', 1);
    await setting.download();
    const old = setting.server.photos.get('L1-1')!;
    await setting.changePhoto('L1-1', 2);
    setting.server.fault = (_, response) => (response.writeHead(200).end('<html>'), true);
    expect(await setting.download()).toMatchObject({ failed: 1 });
    const { rows } = await setting.readFiles();
    expect(rows.get('L1-1')!.equals(old)).toBe(true);
    expect(await rowsOf(setting)).toMatchObject([{ state: 'failed' }]);
  });
});

test('promise 35: the file of a photo that vanished is removed after its row, when its time is over', async () => {
  const setting = await mediaSetting({ keepDeletedMs: HOUR_MS });
  await setting.addListing('L1', 3);
  await setting.addListing('L2', 1);
  await setting.download();
  const now = "'2099-01-01 00:00:00.000'";
  await setting.db.query("DELETE FROM media WHERE media_key = 'L1-3'");
  await setting.db.query(`UPDATE properties SET media_fetched_at = ${now} WHERE listing_key = 'L1'`);
  await setting.db.query(`UPDATE properties SET deleted_at = ${now} WHERE listing_key = 'L2'`);
  expect(await setting.download()).toMatchObject({ vanished: 2, removed: 0, requests: 0 });
  expect((await rowsOf(setting, "state = 'removed'")).map((row) => row['media_key'])).toEqual([
    'L1-3',
    'L2-1',
  ]);
  expect((await setting.readFiles()).paths).toHaveLength(4);
  setting.later(HOUR_MS + 1000);
  expect(await setting.download()).toMatchObject({ removed: 2 });
  await expectWhole(setting, ['L1-1', 'L1-2']);
});

test('a listing that comes back before that is not fetched again', async () => {
  const setting = await mediaSetting({ keepDeletedMs: HOUR_MS });
  await setting.addListing('L1', 1);
  await setting.download();
  await setting.db.query("UPDATE properties SET deleted_at = '2099-01-01 00:00:00.000'");
  await setting.download();
  await setting.db.query(
    "UPDATE properties SET deleted_at = NULL, media_fetched_at = '2099-01-01 00:00:00.000'",
  );
  expect(await setting.download()).toMatchObject({ requests: 0, left: 0 });
  expect(await rowsOf(setting)).toMatchObject([{ state: 'stored', remove_at: null }]);
});

test('active listings come first, and of a listing the preferred photo', async () => {
  const setting = await mediaSetting({ parallel: 1 });
  await setting.addListing('L1', 2, 'Closed');
  await setting.addListing('L2', 2, 'Active');
  await setting.db.query(
    "UPDATE media SET preferred_photo_yn = (media_key = 'L2-2') WHERE resource_record_key = 'L2'",
  );
  await setting.download({ maxFiles: 3 });
  expect(setting.server.requests.map(({ key }) => key)).toEqual(['L2-2', 'L2-1', 'L1-1']);
  expect(await setting.download()).toMatchObject({ added: 1, left: 0 });
});

test('a dry run counts, and writes nothing', async () => {
  const setting = await mediaSetting();
  await setting.addListing('L1', 3);
  expect(await setting.download({ dryRun: true })).toMatchObject({ wanted: 3, requests: 0 });
  expect(await rowsOf(setting)).toEqual([]);
});

test('a server that is away ends the run, and no file has failed', async () => {
  const setting = await mediaSetting();
  await setting.addListing('L1', 5);
  setting.server.fault = (_, response) => (response.destroy(), true);
  await expect(setting.download()).rejects.toBeInstanceOf(UnavailableError);
  expect(await rowsOf(setting, "state = 'pending'")).toHaveLength(5);
  setting.server.fault = undefined;
  expect(await setting.download()).toMatchObject({ added: 5 });
});

test('a stop signal ends the run after the files in hand, and the next run resumes', async () => {
  const setting = await mediaSetting({ parallel: 2 });
  await setting.addListing('L1', 40);
  const stop = new AbortController();
  setting.server.latencyMs = 20;
  setting.server.fault = () => {
    if (setting.server.requests.length >= 10) stop.abort(new InterruptedError('SIGINT'));
    return false;
  };
  await expect(setting.download({}, { signal: stop.signal })).rejects.toBeInstanceOf(InterruptedError);
  const { rows } = await setting.readFiles();
  expect(rows.size).toBe(setting.server.requests.length);
  expect(rows.size).toBeLessThan(40);
  await expectWhole(setting);
  expect(await setting.download()).toMatchObject({ added: 40 - rows.size, left: 0 });
  const [run] = await setting.db.query<Row>('SELECT status FROM etl_sync_log ORDER BY id LIMIT 1');
  expect(run).toEqual({ status: 'partial' });
});

test('promise 35: a clock that was ahead does not hide later changes', async () => {
  const setting = await mediaSetting();
  await setting.addListing('L1', 2);
  setting.later(365 * 24 * HOUR_MS);
  await setting.download();
  setting.later(-365 * 24 * HOUR_MS);
  await setting.changePhoto('L1-2', 2);
  expect(await setting.download()).toMatchObject({ replaced: 1, unchanged: 0 });
  await expectWhole(setting);
});

test('promise 34: a store that fails ends a download after the writes in hand, and the next one resumes', async () => {
  const setting = await mediaSetting();
  await setting.addListing('L1', 40);
  const { put } = setting.store;
  const writes = { started: 0, ended: 0 };
  Object.assign(setting.store, {
    put: async (...args: Parameters<typeof put>) => {
      writes.started += 1;
      if (writes.started === 1) throw new UnavailableError('full', { op: 'media store' });
      await wait(50);
      await put(...args);
      writes.ended += 1;
    },
  });
  await expect(setting.download()).rejects.toThrow('full');
  expect(writes.started).toBeLessThan(40);
  expect(writes.ended).toBe(writes.started - 1);
  Object.assign(setting.store, { put });
  expect(await setting.download()).toMatchObject({ added: 40, left: 0 });
  await expectWhole(setting);
});
