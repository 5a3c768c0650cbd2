import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScriptError, start } from '../../lib/run.mjs';
import { measureNode, measureTime } from '../measure.mjs';
import { createEnvironment, main } from '../ways.mjs';

/**
 * @typedef {import('../measure.mjs').BenchContext} BenchContext
 * @typedef {import('../measure.mjs').Taken} Taken
 */

/** Downloads at the same time, of each contestant. */
const PARALLEL = 6;

/** Photos of a listing. */
const PER_LISTING = 20;

/** Creates an empty folder for photos. @param {BenchContext} context @param {string} name */
export function createPhotoFolder({ folder }, name) {
  const path = join(folder, `photos-${name}`);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}

/** Inserts listings and their media records, as a sync stores them. @param {BenchContext} context @param {string} database @param {number} files */
export async function insertMedia({ server, feed }, database, files) {
  const numbers = Array.from({ length: files }, (_, nth) => nth);
  const stamp = "'2026-11-01 12:00:00'";
  const own = `${stamp}, '', 1, ${stamp}, ${stamp}`;
  for (let at = 0; at < files; at += 2000) {
    const some = numbers.slice(at, at + 2000);
    const listings = some
      .filter((nth) => nth % PER_LISTING === 0)
      .map((nth) => `('l${nth}', ${own}, ${stamp})`);
    const media = some.map(
      (nth) => `('m${nth}', 'l${nth - (nth % PER_LISTING)}', '${feed.url}/photo/${nth}.jpg', ${own})`,
    );
    await server.query(
      `INSERT INTO ${database}.properties (listing_key, modification_timestamp, content_hash, run_id, created_at, updated_at, media_fetched_at)
      VALUES ${listings.join(',')};
      INSERT INTO ${database}.media (media_key, resource_record_key, media_url, modification_timestamp, content_hash, run_id, created_at, updated_at)
      VALUES ${media.join(',')}`,
    );
  }
}

/** Runs the built tool. @param {BenchContext} context @param {string} database @param {string} store */
export function runMediaTool(context, database, store) {
  const env = {
    ...createEnvironment(context, database, 'base'),
    RESOURCES: 'Property,Media',
    MEDIA_STORE: store,
    MEDIA_PARALLEL: String(PARALLEL),
    MEDIA_MINUTE_LIMIT: '100000',
  };
  return measureNode([main, 'media', 'download'], { folder: context.folder, env });
}

/** Downloads the same files with `xargs -P 6 curl`, 100 for each process. @param {BenchContext} context @param {string} store @param {number} files @returns {Promise<Taken>} */
export async function runCurl({ feed, folder }, store, files) {
  const list = join(folder, 'urls.txt');
  writeFileSync(list, Array.from({ length: files }, (_, nth) => `${feed.url}/photo/${nth}.jpg\n`).join(''));
  const command = `xargs -P ${PARALLEL} -n 100 curl -sSf --remote-name-all < '${list}'`;
  return measureTime(async () => {
    const code = await start('sh', ['-c', command], { cwd: store, stdio: 'inherit' }).exit;
    if (code !== 0) throw new ScriptError(`${command} ended with exit code ${code}`);
  });
}
