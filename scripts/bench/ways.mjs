import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/project.mjs';
import { timedNode } from './measure.mjs';

/**
 * @typedef {import('./measure.mjs').Place} Place
 * @typedef {import('./feed/market.mjs').Moment} Moment
 */

export const main = join(root, 'dist/main.js');

/** What a contestant's process is told: where the feed is at this moment, and its database; nothing of the user's own. */
export function environment(
  /** @type {Place} */ { server, feed, folder, pageSize },
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

/** The built tool. @param {Place} place @param {string} name @param {Moment} moment @param {readonly string[]} args */
export function tool(place, name, moment, args) {
  return timedNode([main, ...args], { folder: place.folder, env: environment(place, name, moment) });
}

/** The straightforward way. @param {Place} place @param {string} name @param {Moment} moment @param {'load' | 'since'} what */
export function straightforward(place, name, moment, what) {
  return other(place, name, moment, ['straightforward.mjs', what]);
}

/** Nothing but reading the pages. @param {Place} place @param {string} name @param {Moment} moment @param {number} records */
export function download(place, name, moment, records) {
  return other(place, name, moment, ['download.mjs', String(records)]);
}

/** A Node that does nothing. @param {Place} place */
export function nothing({ folder }) {
  return timedNode(['-e', '0'], { folder, env: { PATH: process.env['PATH'] } });
}

/** @param {Place} place @param {string} name @param {Moment} moment @param {readonly string[]} args */
function other(place, name, moment, [file = '', ...args]) {
  const path = join(root, 'scripts/bench/processes', file);
  const env = environment(place, name, moment);
  return timedNode([path, ...args], { folder: place.folder, env });
}
