import { join } from 'node:path';
import { root } from '../lib/project.mjs';
import { ScriptError, start } from '../lib/run.mjs';
import { readCpu } from './server.mjs';

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
  const file = join(root, 'scripts/bench/processes', name);
  const { child, exit, stop } = start(process.execPath, ['--max-old-space-size=4096', file, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  /** @type {Map<number, { resolve: (report: Report) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let last = 0;
  /** @param {object} [order] @returns {Promise<Report>} */
  const send = (order) =>
    new Promise((resolve, reject) => {
      waiting.set(order === undefined ? 0 : (last += 1), { resolve, reject });
      if (order !== undefined) child.send({ id: last, ...order });
    });
  child.on(
    'message',
    (/** @type {{ id: number, report: Report, failed?: string }} */ { id, report, failed }) => {
      const request = waiting.get(id);
      waiting.delete(id);
      if (failed === undefined) request?.resolve(report);
      else request?.reject(new Error(failed));
    },
  );
  const ended = rejectWhenEnded();
  async function rejectWhenEnded() {
    const code = await exit;
    for (const { reject } of waiting.values())
      reject(new ScriptError(`The feed ended with exit code ${code}`));
  }
  const { root: url } = await send();
  return {
    url,
    /** Creates every page of these moments. @param {readonly string[]} moments @param {number} top */
    prepare: (moments, top) => send({ do: 'prepare', moments, top }),
    report: () => send({ do: 'report' }),
    cpu: () => readCpu(child.pid ?? 0),
    stop: async () => {
      await stop();
      await ended;
    },
  };
}
