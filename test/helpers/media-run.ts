import { QueryRefusedError } from '../../src/errors.ts';
import { join } from 'node:path';
import type { Dataset } from '../../src/dataset/dataset.ts';
import { toSqlDateTime } from '../../src/lib/time.ts';
import { clock } from '../../src/host/clock.ts';
import { acquireLock } from '../../src/host/lock.ts';
import { createFetcher } from '../../src/media/fetch/create-fetcher.ts';
import { createDiskStore } from '../../src/media/store/disk/create-disk-store.ts';
import type { MediaStore } from '../../src/media/store.ts';
import type { Clock } from '../../src/model/clock.ts';
import type { Page } from '../../src/model/page.ts';
import type { RunTools } from '../../src/run/active-run.ts';
import type { PassOptions } from '../../src/run/media/pass.ts';
import { type MediaOutcome, runMedia } from '../../src/run/media/run-media.ts';
import type { Source } from '../../src/sources/source.ts';
import { media as mediaDataset } from '../../src/sources/trestle/datasets/media.ts';
import { readQuotaHeaders } from '../../src/sources/trestle/odata/quota-headers.ts';
import { type PhotoServer, photoOf, photoServer } from './photo-server.ts';
import { type Pipeline, pipeline, temporaryFolder } from './pipeline.ts';

export type MediaSetting = Pipeline & {
  readonly server: PhotoServer;
  readonly store: MediaStore;
  /** Listings whose addresses were asked for again. */
  readonly renewals: string[];
  /** Listings whose media the feed refuses to send. */
  readonly refused: Set<string>;
  /** Time that passes for the runs, in milliseconds. */
  later(ms: number): void;
  addListing(key: string, photos: number, status?: string): Promise<void>;
  /** A new photo behind the same key, as sync stores it. */
  changePhoto(key: string, version: number): Promise<void>;
  download(options?: Partial<PassOptions>, tools?: Partial<RunTools>): Promise<MediaOutcome>;
  /** A file of the store. */
  readFile(path: string): Promise<Buffer>;
  /** The stored files that rows name, and all that are there. */
  readFiles(): Promise<{ readonly rows: Map<string, Buffer>; readonly paths: string[] }>;
};

const PAST = '2026-01-02 03:04:05.000';

/** Listings and media in a database, a server that has the photos, and an empty folder for them. */
export async function mediaSetting(
  settings: {
    readonly keepDeletedMs?: number;
    readonly parallel?: number;
    readonly sizes?: readonly number[];
  } = {},
): Promise<MediaSetting> {
  const base = await pipeline();
  const server = await photoServer();
  const store = createDiskStore(temporaryFolder());
  const stateDir = temporaryFolder();
  const renewals: string[] = [];
  const refused = new Set<string>();
  let shift = 0;
  const shifted: Clock = { now: () => clock.now() + shift, sleep: clock.sleep };
  const { db } = base;
  const now = (): string => toSqlDateTime(shifted.now());
  const insertMedia = async (listing: string, nth: number): Promise<void> => {
    const key = `${listing}-${nth}`;
    server.photos.set(key, photoOf(key));
    await db.query(
      'INSERT INTO media (media_key, resource_record_key, media_url, `order`, preferred_photo_yn, ' +
        'media_modification_timestamp, modification_timestamp, content_hash, run_id, created_at, updated_at) ' +
        `VALUES ('${key}', '${listing}', '${server.address(key)}', ${nth}, ${nth === 1 ? 1 : 0}, '${PAST}', '${PAST}', '', 1, '${PAST}', '${PAST}')`,
    );
  };
  return {
    ...base,
    server,
    store,
    renewals,
    refused,
    later: (ms) => void (shift += ms),
    addListing: async (key, photos, status = 'Active') => {
      await db.query(
        'INSERT INTO properties (listing_key, standard_status, photos_count, photos_change_timestamp, modification_timestamp, ' +
          'media_fetched_for, media_fetched_count, media_fetched_at, content_hash, run_id, created_at, updated_at) ' +
          `VALUES ('${key}', '${status}', ${photos}, '${PAST}', '${PAST}', '${PAST}', ${photos}, '${now()}', '', 1, '${PAST}', '${PAST}')`,
      );
      for (let nth = 1; nth <= photos; nth += 1) await insertMedia(key, nth);
    },
    changePhoto: async (key, version) => {
      server.photos.set(key, photoOf(key, version));
      await db.query(`UPDATE media SET media_modification_timestamp = '${now()}' WHERE media_key = '${key}'`);
      await db.query(
        `UPDATE properties SET media_fetched_at = '${now()}' WHERE listing_key = '${key.split('-')[0]}'`,
      );
    },
    download: async (options = {}, more = {}) => {
      const tools = base.tools();
      const fetcher = createFetcher({
        access: {
          origin: server.origin,
          quota: {
            rules: { read: readQuotaHeaders, hint: '' },
            file: join(stateDir, 'file-quota.json'),
            reservePercent: 0,
            maxWait: 5000,
          },
          timeout: 1000,
          maxRetries: 1,
          deadline: 5000,
          hint: '',
        },
        checkAddress: () => true,
        minuteLimit: 100_000,
        minute: 60_000,
        maxBytes: 5 * 1024 * 1024,
        spoolFolder: store.spoolFolder,
        clock,
        random: () => 0.01,
        log: tools.log.api,
        meter: tools.meter,
      });
      const feed = { ...tools.source, children: childrenOf(server, renewals, refused, db) };
      return runMedia(
        {
          ...tools,
          clock: shifted,
          source: { ...tools.source, id: 'media', requests: fetcher.requests },
          catalogue: [],
          acquireLock: () => acquireLock(stateDir, tools.log.main, 'media'),
          ...more,
        },
        {
          store,
          fetcher,
          feed,
          dataset: mediaDataset,
          settings: {
            parallel: settings.parallel ?? 6,
            changedBy: 'listing',
            keepDeletedMs: settings.keepDeletedMs ?? 1000,
            sizes: settings.sizes ?? [],
          },
        },
        { dryRun: false, ...options },
      );
    },
    readFile: (path) => readStored(store, path),
    readFiles: async () => {
      const rows = new Map<string, Buffer>();
      for (const { media_key: key, store_path: path } of await db.query<{
        media_key: string;
        store_path: string;
      }>('SELECT media_key, store_path FROM media_file WHERE store_path IS NOT NULL')) {
        rows.set(key, await readStored(store, path));
      }
      const paths: string[] = [];
      for await (const { path } of store.list(NEVER)) paths.push(path);
      return { rows, paths };
    },
  };
}

const NEVER = new AbortController().signal;

async function readStored(store: MediaStore, path: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of (await store.open(path, NEVER)) ?? []) parts.push(part);
  return Buffer.concat(parts);
}

/** The feed's records of media, with newly signed addresses. */
function childrenOf(
  server: PhotoServer,
  renewals: string[],
  refused: ReadonlySet<string>,
  db: Pipeline['db'],
): NonNullable<Source['children']> {
  return async function* (_: Dataset, parents: readonly string[]): AsyncGenerator<Page> {
    if (parents.some((key) => refused.has(key)))
      throw new QueryRefusedError('the feed answered 400', { op: 'media', status: 400 });
    renewals.push(...parents);
    const rows = await db.query<{ media_key: string }>(
      `SELECT media_key FROM media WHERE resource_record_key IN (${parents.map((key) => `'${key}'`).join(', ')})`,
    );
    yield {
      records: rows.map(({ media_key: key }) =>
        JSON.stringify({ MediaKey: key, MediaURL: server.address(key) }),
      ),
      damaged: new Set(),
      cursor: undefined,
    };
  };
}
