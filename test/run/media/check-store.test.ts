import { mkdirSync, renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { ensureOwnStore } from '../../../src/run/media/check-store.ts';
import { type MediaSetting, mediaSetting } from '../../helpers/media-run.ts';
import { storeSetting } from './store-setting.ts';

const countFiles = async ({ store }: MediaSetting): Promise<number> => {
  let files = 0;
  for await (const _ of store.list(new AbortController().signal)) files += 1;
  return files;
};

test('promise 34: a disk that is not mounted, or another store, ends a download before it stores or requests anything', async () => {
  const setting = await mediaSetting();
  await setting.addListing('L1', 6);
  await setting.download();
  const root = setting.store.name;
  renameSync(root, `${root}.disk`);
  mkdirSync(root);
  await setting.addListing('L2', 1);
  // A conditional request would be answered with 304, and the row would name a file that does not exist.
  await setting.db.query("UPDATE media_file SET state = 'pending' WHERE media_key = 'L1-6'");
  setting.server.requests.length = 0;
  const download = setting.download();
  await expect(download).rejects.toBeInstanceOf(ConfigError);
  await expect(download).rejects.toMatchObject({
    message: expect.stringContaining('has none of the 5 stored files') as unknown,
    hint: expect.stringContaining('trestle-etl media sweep --remove --force') as unknown,
  });
  expect(setting.server.requests).toEqual([]);
  expect(await countFiles(setting)).toBe(0);

  renameSync(root, `${root}.empty`);
  renameSync(`${root}.disk`, root);
  expect(await setting.download()).toMatchObject({ added: 1, unchanged: 1 });
});

test('a few missing files are not another store', async () => {
  const set = await storeSetting();
  const { signal } = new AbortController();
  const check = () => ensureOwnStore(set.tools.database, set.store, signal);
  for (const key of ['a', 'b', 'c', 'd']) await set.row(key, `aa/bb/${key}.jpg`);
  await check();
  await set.row('e', 'aa/bb/e.jpg');
  await expect(check()).rejects.toBeInstanceOf(ConfigError);
  set.file('aa/bb/e.jpg');
  await check();
});
