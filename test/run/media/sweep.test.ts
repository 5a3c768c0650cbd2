import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepMedia } from '../../../src/run/media/sweep.ts';
import { storeSetting, type StoreSetting } from './store-setting.ts';

const ALL = { remove: true, maxPercent: 100, isForced: false };
const LOOK = { ...ALL, remove: false };

const states = ({ pipe: { db } }: StoreSetting) =>
  db.query('SELECT media_key AS k, state, store_path AS path, reason FROM media_file ORDER BY media_key');
const runs = ({ pipe: { db } }: StoreSetting) =>
  db.query(
    "SELECT status, records_updated AS updated, records_deleted AS deleted FROM etl_sync_log WHERE source = 'media' AND mode = 'media'",
  );

/** One of each: a good file with a smaller version, orphans, a young one, a recorded one, rows without a file. */
async function oneOfEach(): Promise<StoreSetting> {
  const set = await storeSetting();
  for (const path of ['aa/bb/good.jpg', 'aa/bb/good.jpg.w320.jpg', 'aa/bb/old.jpg', 'ff/ee/old.jpg.w320.jpg'])
    set.file(path);
  set.file('cc/dd/young.jpg', 'young', 60_000);
  set.file('cc/dd/recorded.jpg');
  set.file('index.html');
  await set.pipe.db.query(
    "INSERT INTO etl_media_object (store_path, purpose, run_id, created_at) VALUES ('cc/dd/recorded.jpg', 'write', 1, '2026-01-01')",
  );
  await set.row('good', 'aa/bb/good.jpg');
  await set.pipe.db.query("UPDATE media_file SET sizes = '320'");
  await set.row('gone', 'bb/cc/gone.jpg');
  await set.row('removed', 'bb/cc/removed.jpg', 'x', 'removed');
  return set;
}

const COUNTS = {
  files: 6,
  rows: 3,
  orphans: 2,
  orphanBytes: 35,
  surplus: 0,
  missing: 1,
  incomplete: 0,
  young: 1,
};

test('promise 35: without remove a sweep counts, and changes nothing', async () => {
  const set = await oneOfEach();
  const before = await states(set);
  expect(await sweepMedia(set.tools, set, LOOK)).toEqual(COUNTS);
  expect(existsSync(join(set.root, 'aa/bb/old.jpg'))).toBe(true);
  expect(await states(set)).toEqual(before);
  expect(await runs(set)).toEqual([]);
});

test('promise 35: a sweep removes files without a row, and rows without a file are pending again', async () => {
  const set = await oneOfEach();
  expect(await sweepMedia(set.tools, set, ALL)).toEqual(COUNTS);
  const left: string[] = [];
  for await (const { path } of set.store.list(set.tools.signal)) left.push(path);
  expect(left).toEqual([
    'aa/bb/good.jpg',
    'aa/bb/good.jpg.w320.jpg',
    'cc/dd/recorded.jpg',
    'cc/dd/young.jpg',
    'index.html',
  ]);
  expect(await states(set)).toEqual([
    { k: 'gone', state: 'pending', path: null, reason: 'missing' },
    { k: 'good', state: 'stored', path: 'aa/bb/good.jpg', reason: null },
    { k: 'removed', state: 'removed', path: 'bb/cc/removed.jpg', reason: null },
  ]);
  expect(await runs(set)).toEqual([{ status: 'success', updated: '1', deleted: '2' }]);
  expect(await set.pipe.db.query('SELECT store_path AS path FROM etl_media_object')).toEqual([
    { path: 'cc/dd/recorded.jpg' },
  ]);
  // What it changed, it does not find again.
  expect(await sweepMedia(set.tools, set, ALL)).toMatchObject({ orphans: 0, missing: 0 });
});

test('promise 35: more than the allowed share changes nothing, unless it is forced', async () => {
  const set = await storeSetting();
  for (let nth = 0; nth < 40; nth += 1) {
    const path = `aa/bb/${String(nth)}.jpg`;
    set.file(path);
    if (nth > 2) await set.row(`k${nth}`, path);
  }
  const few = { remove: true, maxPercent: 5, isForced: false };
  await expect(sweepMedia(set.tools, set, few)).rejects.toThrow(
    '3 of 40 files have no row (7.5 %): more than MEDIA_SWEEP_MAX_PERCENT=5, so nothing was changed',
  );
  expect(existsSync(join(set.root, 'aa/bb/0.jpg'))).toBe(true);
  expect(await sweepMedia(set.tools, set, { ...few, isForced: true })).toMatchObject({ orphans: 3 });
  expect(existsSync(join(set.root, 'aa/bb/0.jpg'))).toBe(false);
  expect(existsSync(join(set.root, 'aa/bb/3.jpg'))).toBe(true);
});

test('an empty store is refused: its disk is probably not mounted', async () => {
  const set = await storeSetting();
  await set.row('a', 'aa/bb/a.jpg');
  await expect(sweepMedia(set.tools, set, { ...ALL, maxPercent: 5 })).rejects.toThrow(
    '1 of 1 rows have no file',
  );
  expect(await states(set)).toMatchObject([{ state: 'stored' }]);
});

test('promise 35: a store that vanishes between the count and the change ends the sweep, and rows stay', async () => {
  const set = await storeSetting();
  for (const key of ['a', 'b', 'c']) await set.row(key, `aa/bb/${key}.jpg`);
  for (const key of ['a', 'b']) set.file(`aa/bb/${key}.jpg`);
  const { list } = set.store;
  let lists = 0;
  const store = {
    ...set.store,
    list: (signal: AbortSignal) => {
      lists += 1;
      if (lists === 2) rmSync(join(set.root, 'aa'), { recursive: true });
      return list(signal);
    },
  };
  const sweep = sweepMedia(set.tools, { store }, { ...ALL, maxPercent: 50 });
  await expect(sweep).rejects.toThrow('the store changed during the sweep');
  expect(await states(set)).toMatchObject([{ state: 'stored' }, { state: 'stored' }, { state: 'stored' }]);
});

test('rows and files beyond one page and one batch are compared', async () => {
  const set = await storeSetting();
  const paths = Array.from({ length: 1300 }, (_, nth) => `aa/bb/k${String(nth).padStart(5, '0')}.jpg`);
  for (const path of paths) set.file(path, 'x');
  const named = paths.filter((_, nth) => nth % 2 === 0 || nth > 1200);
  const values = named.map((path, nth) => `('k${nth}', 'l', 'stored', 'w', '${path}')`);
  await set.pipe.db.query(
    `INSERT INTO media_file (media_key, listing_key, state, wanted_for, store_path) VALUES ${values.join(', ')}`,
  );
  const orphans = paths.length - named.length;
  expect(orphans).toBeGreaterThan(500);
  expect(await sweepMedia(set.tools, set, ALL)).toMatchObject({ files: 1300, orphans, missing: 0 });
  expect(await sweepMedia(set.tools, set, LOOK)).toMatchObject({ files: named.length, orphans: 0 });
});

test('smaller versions of a removed width are swept, and missing ones are made again', async () => {
  const set = await storeSetting();
  for (let nth = 0; nth < 10; nth += 1) {
    const path = `aa/bb/${nth}.jpg`;
    await set.row(`k${nth}`, path);
    for (const each of [path, `${path}.w1280.jpg`, ...(nth === 3 ? [] : [`${path}.w320.jpg`])])
      set.file(each);
  }
  await set.pipe.db.query("UPDATE media_file SET sizes = '320', sizes_for = '320'");
  const found = { orphans: 10, surplus: 10, missing: 0, incomplete: 1 };
  // A third of the files, but their photos show that the store is the right one.
  expect(await sweepMedia(set.tools, set, { ...ALL, maxPercent: 5 })).toMatchObject(found);
  expect(existsSync(join(set.root, 'aa/bb/1.jpg.w1280.jpg'))).toBe(false);
  expect(existsSync(join(set.root, 'aa/bb/1.jpg.w320.jpg'))).toBe(true);
  expect(
    await set.pipe.db.query("SELECT media_key AS k, sizes FROM media_file WHERE sizes_for = ''"),
  ).toEqual([{ k: 'k3', sizes: null }]);
});

test('a sweep before the first migration says that there are no tables', async () => {
  const set = await storeSetting();
  await set.pipe.db.query('DROP TABLE etl_schema_version');
  await expect(sweepMedia(set.tools, set, LOOK)).rejects.toThrow(
    expect.objectContaining({ message: expect.stringContaining('no tables yet'), op: 'check the tables' }),
  );
});
