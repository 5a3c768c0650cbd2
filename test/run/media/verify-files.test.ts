import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { verifyFiles } from '../../../src/run/media/verify-files.ts';
import { storeSetting, type StoreSetting } from './store-setting.ts';

const ALL = { share: 1, maxPercent: 5, isForced: false };

const states = ({ pipe: { db } }: StoreSetting) =>
  db.query(
    "SELECT media_key AS k, state, store_path AS path, IF(sha256 IS NULL, 'yes', 'no') AS hashless, etag, reason, IF(verified_at IS NULL, 'yes', 'no') AS unverified " +
      'FROM media_file ORDER BY media_key',
  );

test('promise 35: files that are missing or altered are pending again, with a reason', async () => {
  const set = await storeSetting();
  for (const key of ['a', 'b', 'c', 'd']) await set.row(key, `aa/bb/${key}.jpg`);
  set.file('aa/bb/a.jpg');
  set.file('aa/bb/b.jpg', 'AA/bb/b.jpg');
  set.file('aa/bb/c.jpg', 'shorter');
  expect(await verifyFiles(set.tools, set, ALL)).toEqual({
    files: 4,
    checked: 4,
    bytes: 29,
    missing: 1,
    altered: 2,
    unreadable: 0,
    examples: expect.arrayContaining([
      { key: 'b', path: 'aa/bb/b.jpg', damage: 'altered' },
      { key: 'c', path: 'aa/bb/c.jpg', damage: 'altered' },
      { key: 'd', path: 'aa/bb/d.jpg', damage: 'missing' },
    ]) as unknown,
  });
  const damaged = { state: 'pending', hashless: 'yes', etag: null, unverified: 'yes' };
  expect(await states(set)).toMatchObject([
    {
      k: 'a',
      state: 'stored',
      path: 'aa/bb/a.jpg',
      hashless: 'no',
      etag: 'e',
      reason: null,
      unverified: 'no',
    },
    { ...damaged, k: 'b', path: 'aa/bb/b.jpg', reason: 'altered' },
    { ...damaged, k: 'c', path: 'aa/bb/c.jpg', reason: 'altered' },
    { ...damaged, k: 'd', path: null, reason: 'missing' },
  ]);
  expect(
    await set.pipe.db.query(
      "SELECT status, records_unchanged AS good, records_updated AS bad FROM etl_sync_log WHERE source = 'media'",
    ),
  ).toEqual([{ status: 'success', good: '1', bad: '3' }]);
});

test('a sample reads its share of the files', async () => {
  const set = await storeSetting();
  for (const key of ['a', 'b', 'c', 'd']) {
    set.file(`aa/bb/${key}.jpg`);
    await set.row(key, `aa/bb/${key}.jpg`);
  }
  const drawn = [0.6, 0.4, 0.9, 0.1].values();
  const tools = { ...set.tools, random: () => drawn.next().value ?? 1 };
  expect(await verifyFiles(tools, set, { ...ALL, share: 0.5 })).toMatchObject({
    files: 4,
    checked: 2,
    bytes: 22,
  });
  expect(await states(set)).toMatchObject([
    { unverified: 'yes' },
    { unverified: 'no' },
    { unverified: 'yes' },
    { unverified: 'no' },
  ]);
});

test('promise 35: a store in which too many files are missing changes no row, unless it is forced', async () => {
  const set = await storeSetting();
  for (let nth = 10; nth < 40; nth += 1) await set.row(`k${nth}`, `aa/bb/k${nth}.jpg`);
  await expect(verifyFiles(set.tools, set, ALL)).rejects.toThrow('30 of 30 files are missing (100.0 %)');
  expect(new Set((await states(set)).map((row) => row['state']))).toEqual(new Set(['stored']));
  expect(await verifyFiles(set.tools, set, { ...ALL, isForced: true })).toMatchObject({ missing: 30 });
  expect(new Set((await states(set)).map((row) => row['state']))).toEqual(new Set(['pending']));
});

/** A file in the place of its folder: `open` fails although the store works. */
function makeUnreadable({ file }: StoreSetting, folder: string): void {
  file(folder, 'a file');
}

test('a file that cannot be read is reported and pending, and the others are checked', async () => {
  const set = await storeSetting();
  makeUnreadable(set, 'aa/cc');
  set.file('aa/bb/b.jpg');
  for (const [key, path] of [
    ['a', 'aa/cc/a.jpg'],
    ['b', 'aa/bb/b.jpg'],
  ] as const)
    await set.row(key, path);
  expect(await verifyFiles(set.tools, set, ALL)).toMatchObject({
    checked: 2,
    missing: 0,
    altered: 0,
    unreadable: 1,
    examples: [{ key: 'a', path: 'aa/cc/a.jpg', damage: 'unreadable' }],
  });
  expect(await states(set)).toMatchObject([
    { k: 'a', state: 'pending', path: 'aa/cc/a.jpg', reason: 'unreadable' },
    { k: 'b', state: 'stored', unverified: 'no' },
  ]);
});

test('a store in which too many files are unreadable changes no row', async () => {
  const set = await storeSetting();
  makeUnreadable(set, 'aa/cc');
  for (let nth = 10; nth < 40; nth += 1) await set.row(`k${nth}`, `aa/cc/k${nth}.jpg`);
  await expect(verifyFiles(set.tools, set, ALL)).rejects.toThrow('30 of 30 files are missing or unreadable');
  expect(new Set((await states(set)).map((row) => row['state']))).toEqual(new Set(['stored']));
});

test('a store that does not work ends the verification with its error, and changes no row', async () => {
  const set = await storeSetting();
  await set.row('a', 'aa/bb/a.jpg');
  rmSync(set.root, { recursive: true });
  await expect(verifyFiles(set.tools, set, ALL)).rejects.toThrow(/does not exist/);
  expect(await states(set)).toMatchObject([{ state: 'stored' }]);
});
