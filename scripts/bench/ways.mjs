import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/project.mjs';
import { measureNode } from './measure.mjs';

/**
 * @typedef {import('./measure.mjs').BenchContext} BenchContext
 * @typedef {import('./feed/market.mjs').Moment} Moment
 */

export const main = join(root, 'dist/main.js');

/** Returns the environment of a contestant's process: the feed at this moment, and its database, without the user's settings. */
export function createEnvironment(
  /** @type {BenchContext} */ { server, feed, folder, pageSize },
  /** @type {string} */ name,
  /** @type {Moment} */ moment,
) {
  const state = join(folder, name);
  mkdirSync(state, { recursive: true });
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    TRESTLE_API_BASE_URL: `${feed.url}/${moment}/odata`,
    TRESTLE_TOKEN_URL: `${feed.url}/token`,
    TRESTLE_CLIENT_ID: 'bench',
    TRESTLE_CLIENT_SECRET: 'bench-secret',
    MYSQL_HOST: '127.0.0.1',
    MYSQL_PORT: String(server.port),
    MYSQL_DATABASE: name,
    MYSQL_USER: 'root',
    RESOURCES: 'Property',
    PAGE_SIZE: String(pageSize),
    STATE_DIR: join(state, 'state'),
    LOG_DIR: join(state, 'logs'),
  };
}

/** Runs the built tool. @param {BenchContext} context @param {string} name @param {Moment} moment @param {readonly string[]} args */
export function runTool(context, name, moment, args) {
  return measureNode([main, ...args], {
    folder: context.folder,
    env: createEnvironment(context, name, moment),
  });
}

/** Runs the straightforward program. @param {BenchContext} context @param {string} name @param {Moment} moment @param {'load' | 'since'} what */
export function runStraightforward(context, name, moment, what) {
  return runProcess(context, name, moment, ['straightforward.mjs', what]);
}

/** Only fetches and parses the pages. @param {BenchContext} context @param {string} name @param {Moment} moment @param {number} records */
export function runDownload(context, name, moment, records) {
  return runProcess(context, name, moment, ['download.mjs', String(records)]);
}

/** Starts Node without work. @param {BenchContext} context */
export function runNothing({ folder }) {
  return measureNode(['-e', '0'], { folder, env: { PATH: process.env['PATH'] } });
}

/** @param {BenchContext} context @param {string} name @param {Moment} moment @param {readonly string[]} args */
function runProcess(context, name, moment, [file = '', ...args]) {
  const path = join(root, 'scripts/bench/processes', file);
  const env = createEnvironment(context, name, moment);
  return measureNode([path, ...args], { folder: context.folder, env });
}
