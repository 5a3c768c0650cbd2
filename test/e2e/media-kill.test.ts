import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createDiskStore } from '../../src/media/store/disk/create-disk-store.ts';
import { configured, start, trestle } from '../helpers/cli.ts';
import { letLockPass } from '../helpers/county.ts';
import { freshDatabase, type FreshDatabase } from '../helpers/database.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { photoOf, photoServer, type PhotoServer } from '../helpers/photo-server.ts';
import { sandboxFor } from '../helpers/pipeline.ts';

/** `MEDIA_KILLS=20 MEDIA_LISTINGS=500 npm run test:slow -- test/e2e/media-kill.test.ts` kills more often, with more photos. */
const KILLS = Number(process.env['MEDIA_KILLS'] ?? 10);
const LISTINGS = Number(process.env['MEDIA_LISTINGS'] ?? 300);
const PHOTOS = 10;

type Setting = {
  readonly folder: string;
  readonly photos: string;
  readonly db: FreshDatabase;
  readonly server: PhotoServer;
};

/** Lets the addresses lead to the server that has the photos. */
async function usePhotos({ db, server }: Setting): Promise<void> {
  await db.query(`UPDATE media SET media_url = CONCAT('${server.origin}/', media_key, '?signed=1')`);
  for (const { media_key: key } of await db.query<{ media_key: string }>('SELECT media_key FROM media'))
    if (!server.photos.has(key)) server.photos.set(key, photoOf(key, 1, 2000));
}

/** Ends a download after some time. @returns whether it had not ended by itself. */
async function kill({ folder }: Setting, ms: number): Promise<boolean> {
  const { child, ended } = start(folder, ['media', 'download']);
  await Promise.race([ended, wait(ms)]);
  child.kill('SIGKILL');
  const { signal } = await ended;
  letLockPass(folder, 'media');
  return signal === 'SIGKILL';
}

/** What a sync does when photos of some listings changed, and some are gone. */
async function change({ db, server }: Setting, nth: number): Promise<void> {
  const rows = await db.query<{ media_key: string; listing: string }>(
    `SELECT media_key, resource_record_key AS listing FROM media ORDER BY media_key LIMIT 40 OFFSET ${nth * 60}`,
  );
  for (const [at, { media_key: key }] of rows.entries()) {
    if (at % 4 === 0) await db.query(`DELETE FROM media WHERE media_key = '${key}'`);
    else {
      server.photos.set(key, photoOf(key, nth + 2, 2100));
      await db.query(
        `UPDATE media SET media_modification_timestamp = UTC_TIMESTAMP(3) WHERE media_key = '${key}'`,
      );
    }
  }
  const listings = [...new Set(rows.map(({ listing }) => `'${listing}'`))].join(', ');
  await db.query(
    `UPDATE properties SET media_fetched_at = UTC_TIMESTAMP(3) WHERE listing_key IN (${listings})`,
  );
}

async function expectFiles({ db, server, photos }: Setting): Promise<void> {
  const rows = await db.query<{ key: string; path: string }>(
    'SELECT m.media_key AS `key`, f.store_path AS path FROM media m LEFT JOIN media_file f ON f.media_key = m.media_key ' +
      "AND f.state = 'stored'",
  );
  expect(rows.length).toBeGreaterThan((LISTINGS * PHOTOS * 2) / 3);
  const missing = await db.query(
    'SELECT m.media_key, f.state, f.reason, f.message, m.media_category, p.media_fetched_at, p.media_due, p.media_retry_at, p.deleted_at ' +
      'FROM media m LEFT JOIN media_file f ON f.media_key = m.media_key LEFT JOIN properties p ON p.listing_key = m.resource_record_key ' +
      "WHERE f.state IS NULL OR f.state <> 'stored' LIMIT 3",
  );
  expect(missing).toEqual([]);
  for (const { key, path } of rows) {
    expect((await readFile(join(photos, path))).equals(server.photos.get(key)!), key).toBe(true);
  }
  const found: string[] = [];
  for await (const { path } of createDiskStore(photos).list(new AbortController().signal)) found.push(path);
  expect(found.toSorted()).toEqual(rows.map(({ path }) => path).toSorted());
  expect(await db.query('SELECT * FROM etl_media_object')).toEqual([]);
}

test(
  'promise 34: a download that is killed 10 times, while photos change and vanish, ends with each file, byte for byte, and no other',
  async () => {
    const sandbox = await sandboxFor({ listings: LISTINGS, mediaPerListing: PHOTOS });
    const db = await freshDatabase();
    const server = await photoServer();
    const folder = configured(sandbox, db, {
      MEDIA_STORE: 'photos',
      MEDIA_MINUTE_LIMIT: '100000',
      MEDIA_KEEP_DELETED: '1ms',
    });
    const photos = join(folder, 'photos');
    mkdirSync(photos);
    const setting = { folder, photos, db, server };
    expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0 });
    await usePhotos(setting);
    server.latencyMs = 10;
    let kills = 0;
    for (let nth = 0; kills < KILLS && nth < 4 * KILLS; nth += 1) {
      if (await kill(setting, 500 + ((nth * 370) % 1500))) kills += 1;
      await change(setting, nth % 30);
    }
    expect(kills).toBeGreaterThanOrEqual(Math.min(KILLS, 5));
    server.latencyMs = 0;
    letLockPass(folder, 'media');
    expect(await trestle(folder, ['media', 'download'])).toMatchObject({ code: 0, stderr: '' });
    // What the last change removed is marked by this download, and removed by the next one.
    expect(await trestle(folder, ['media', 'download'])).toMatchObject({ code: 0, stderr: '' });
    await expectFiles(setting);
    server.requests.length = 0;
    expect(await trestle(folder, ['media', 'download'])).toMatchObject({ code: 0, stderr: '' });
    expect(server.requests).toEqual([]);
  },
  (3 * PATIENCE_MS * LISTINGS) / 300,
);
