import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../lib/project.mjs';
import { measureNode } from '../measure.mjs';
import { main } from '../ways.mjs';
import { archiveFile, YEAR } from './archives.mjs';

/**
 * @typedef {import('../measure.mjs').BenchContext} BenchContext
 * @typedef {import('./archives.mjs').CountyTable} CountyTable
 */

/** Returns the environment of the tool with one county source of one table. @param {BenchContext} context @param {string} database @param {CountyTable} table */
function createCountyEnvironment({ server, feed, folder }, database, table) {
  const state = join(folder, database);
  mkdirSync(state, { recursive: true });
  const file = join(state, 'sources.yaml');
  writeFileSync(
    file,
    `sources:\n  hcad:\n    type: county\n    layout: hcad\n    year: ${YEAR}\n    url: ${feed.url}/data\n    tables: [${table}]\n`,
  );
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    SOURCES_FILE: file,
    MYSQL_HOST: '127.0.0.1',
    MYSQL_PORT: String(server.port),
    MYSQL_DATABASE: database,
    MYSQL_USER: 'root',
    STATE_DIR: join(state, 'state'),
    LOG_DIR: join(state, 'logs'),
  };
}

/**
 * Runs the built tool.
 * @param {BenchContext} context
 * @param {string} database
 * @param {CountyTable} table
 * @param {readonly string[]} args with options for Node before the tool's
 */
export function runCountyTool(context, database, table, args, flags = /** @type {readonly string[]} */ ([])) {
  const env = createCountyEnvironment(context, database, table);
  return measureNode([...flags, main, ...args], { folder: context.folder, env });
}

/** Runs the straightforward program on the downloaded archive. @param {BenchContext} context @param {string} database @param {CountyTable} table @param {string} archives */
export function runStraightforwardCounty(context, database, table, archives) {
  const env = createCountyEnvironment(context, database, table);
  const path = join(root, 'scripts/bench/processes/straightforward-county.mjs');
  return measureNode([path, archiveFile(archives, table).path, table, String(YEAR)], {
    folder: context.folder,
    env,
  });
}
