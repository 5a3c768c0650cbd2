import { join } from 'node:path';
import { root } from '../lib/project.mjs';
import { startObedient } from './obedient.mjs';

/**
 * @typedef {{ requests: number, bytes: number, root: string, recordBytes: number, answers: number, connections?: number, own?: number }} Report
 * @typedef {Awaited<ReturnType<typeof startFeed>>} Feed
 */

/** Starts the feed in a separate process. @param {number} listings */
export function startFeed(listings) {
  return startFeedProcess('feed.mjs', [
    String(listings),
    join(root, 'build/sources/trestle/datasets/index.js'),
  ]);
}

/** Starts the server of these archives in a separate process. @param {string} folder */
export function startArchiveServer(folder) {
  return startFeedProcess('archives.mjs', [folder]);
}

/** Starts a server of RSS feeds in a separate process; it reports its connections and its own seconds. */
export function startFeedsServer() {
  return startFeedProcess('feeds.mjs', []);
}

/** Starts a server of photos of about this size in a separate process. @param {number} bytes */
export function startPhotoServer(bytes) {
  return startFeedProcess('photos.mjs', [join(root, 'build/sandbox/trestle/files/jpeg.js'), String(bytes)]);
}

/** @param {string} name @param {readonly string[]} args */
async function startFeedProcess(name, args) {
  const { first, send, cpu, stop } = await startObedient(name, args);
  return {
    url: /** @type {Report} */ (first).root,
    /** Creates every page of these moments. @param {readonly string[]} moments @param {number} top */
    prepare: (moments, top) => /** @type {Promise<Report>} */ (send({ do: 'prepare', moments, top })),
    report: () => /** @type {Promise<Report>} */ (send({ do: 'report' })),
    cpu,
    stop,
  };
}
