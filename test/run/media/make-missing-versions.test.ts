import { expect, test } from 'vitest';
import type { StoredFile } from '../../../src/media/store.ts';
import { type MediaSetting, mediaSetting } from '../../helpers/media-run.ts';
import { picture } from '../../media/fetch/samples.ts';

type Row = Readonly<Record<string, string | null>>;

function rowsOf({ db }: MediaSetting): Promise<Row[]> {
  return db.query<Row>(
    'SELECT media_key AS k, state, sizes, sizes_for, reason, store_path AS path FROM media_file ORDER BY media_key',
  );
}

/** Photos of 120 × 80 pixels that are stored without smaller versions. `sizes` is MEDIA_SIZES of the next passes. */
async function storedPhotos(count: number): Promise<MediaSetting & { sizes: number[] }> {
  const settings = { sizes: [] as number[] };
  const setting = await mediaSetting(settings);
  await setting.addListing('L1', count);
  for (let nth = 1; nth <= count; nth += 1)
    setting.server.photos.set(
      `L1-${nth}`,
      await picture(120, 80 + nth)
        .jpeg()
        .toBuffer(),
    );
  await setting.download();
  setting.server.requests.length = 0;
  return Object.assign(settings, setting);
}

test('MEDIA_SIZES that is set later: the next pass makes the smaller versions from the stored photos, without a request', async () => {
  const setting = await storedPhotos(3);
  setting.sizes = [40, 80, 320];
  const { paths: before } = await setting.readFiles();
  expect(await setting.download()).toMatchObject({ status: 'success', sized: 3, unsized: 0, requests: 0 });
  const { paths, rows } = await setting.readFiles();
  expect(paths).toEqual(before.flatMap((path) => [path, `${path}.w40.jpg`, `${path}.w80.jpg`]));
  for (const [key, bytes] of rows) expect(bytes.equals(setting.server.photos.get(key)!)).toBe(true);
  for (const row of await rowsOf(setting))
    expect(row).toMatchObject({ state: 'stored', sizes: '40,80', sizes_for: '40,80,320' });
  expect(setting.server.requests).toEqual([]);
  expect(await setting.db.query('SELECT * FROM etl_media_object')).toEqual([]);
  expect(await setting.download()).toMatchObject({ sized: 0, unsized: 0 });
});

test('a changed MEDIA_SIZES: only the new width is made, and the removed one is left to a sweep', async () => {
  const setting = await storedPhotos(1);
  setting.sizes = [40];
  await setting.download();
  const [{ path } = {}] = await rowsOf(setting);
  const at = async (width: number): Promise<number> =>
    (await listFiles(setting)).find((file) => file.path === `${path}.w${width}.jpg`)!.modifiedAt;
  const madeAt = await at(40);
  setting.sizes = [40, 60];
  expect(await setting.download()).toMatchObject({ sized: 1 });
  expect(await at(40)).toBe(madeAt);
  setting.sizes = [60];
  expect(await setting.download()).toMatchObject({ sized: 0, unsized: 0, requests: 0 });
  expect(await rowsOf(setting)).toMatchObject([{ sizes: '60', sizes_for: '60' }]);
  expect(await at(40)).toBe(madeAt);
  setting.sizes = [];
  expect(await setting.download()).toMatchObject({ sized: 0, unsized: 0 });
  expect(await rowsOf(setting)).toMatchObject([{ sizes: null, sizes_for: '' }]);
});

test('a pass makes no more smaller versions than its limits, and the next one continues', async () => {
  const setting = await storedPhotos(5);
  setting.sizes = [40];
  expect(await setting.download({ dryRun: true })).toMatchObject({ sized: 0, unsized: 5 });
  expect(await setting.download({ maxFiles: 2 })).toMatchObject({ status: 'partial', sized: 2, unsized: 3 });
  expect((await rowsOf(setting)).map(({ sizes }) => sizes)).toEqual(['40', '40', null, null, null]);
  expect(await setting.download({ maxMs: 0 })).toMatchObject({ sized: 0, unsized: 3 });
  expect(await setting.download({ listing: 'L1' })).toMatchObject({ sized: 3, unsized: 0 });
});

test('a stored photo that is missing, altered or undecodable is reported, and gets its versions later', async () => {
  const setting = await storedPhotos(4);
  const [missing, altered, corrupt] = await rowsOf(setting);
  await setting.store.remove([missing!['path']!], new AbortController().signal);
  await overwrite(setting, altered!['path']!, Buffer.from('other'));
  const broken = setting.server.photos.get('L1-3')!.subarray(0, 300);
  await overwrite(setting, corrupt!['path']!, broken);
  await setting.db.query(
    `UPDATE media_file SET sha256 = SHA2(x'${broken.toString('hex')}', 256) WHERE media_key = 'L1-3'`,
  );
  setting.sizes = [40];
  expect(await setting.download()).toMatchObject({ sized: 1, failed: 1, left: 2, unsized: 0, requests: 0 });
  expect(await rowsOf(setting)).toMatchObject([
    { state: 'pending', reason: 'missing', path: null },
    { state: 'pending', reason: 'altered', path: altered!['path'] },
    { state: 'failed', reason: 'corrupt', path: corrupt!['path'], sizes: null },
    { state: 'stored', sizes: '40' },
  ]);
  expect(await setting.download()).toMatchObject({ left: 0, requests: 2 });
  expect((await rowsOf(setting)).map(({ sizes }) => sizes)).toEqual(['40', '40', null, '40']);
});

async function overwrite({ store }: MediaSetting, path: string, bytes: Uint8Array): Promise<void> {
  const facts = { size: bytes.length, sha256: '', contentType: 'image/jpeg' };
  await store.put(path, { kind: 'memory', bytes }, facts, new AbortController().signal);
  await store.flush();
}

async function listFiles({ store }: MediaSetting): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for await (const file of store.list(new AbortController().signal)) files.push(file);
  return files;
}
