import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../lib/project.mjs';
import { measureNode } from '../measure.mjs';
import { createEnvironment, main } from '../ways.mjs';

/** @typedef {import('../measure.mjs').BenchContext} BenchContext */

/** Writes sources.yaml for a database, and returns the environment that has it. @param {BenchContext} context @param {string} database @param {string} sources */
function createItemsEnvironment(context, database, sources) {
  const folder = join(context.folder, database);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'sources.yaml');
  writeFileSync(file, `sources:\n${sources}`);
  return { ...createEnvironment(context, database, 'base'), SOURCES_FILE: file };
}

/** A source of the file of `prepareItemsFile`. @param {string} file */
function describeCsv(file) {
  return `  rows:
    type: csv
    path: ${file}
    item:
      external_id: id
      title: title
      description: description
      category: category
      url: url
      amount: amount
      quantity: quantity
      published_at: published
`;
}

/** Loads the file by the built tool. @param {BenchContext} context @param {string} database @param {string} file */
export function runItemsTool(context, database, file) {
  const env = createItemsEnvironment(context, database, describeCsv(file));
  return measureNode([main, 'sync', 'rows'], { folder: context.folder, env });
}

/** Loads the file by the straightforward program. @param {BenchContext} context @param {string} database @param {string} file */
export function runStraightforwardItems(context, database, file) {
  const env = createEnvironment(context, database, 'base');
  const path = join(root, 'scripts/bench/processes/straightforward-items.mjs');
  return measureNode([path, file], { folder: context.folder, env });
}

/** Syncs the Trestle feed, and then these feeds, which are always due. @param {BenchContext} context @param {string} database @param {readonly string[]} urls */
export function runFeeds(context, database, urls) {
  const sources = urls
    .map((url, n) => `  feed_${n}:\n    type: rss\n    url: ${url}\n    every: 1ms\n`)
    .join('');
  const env =
    urls.length === 0
      ? createEnvironment(context, database, 'base')
      : createItemsEnvironment(context, database, sources);
  return measureNode([main, 'sync'], { folder: context.folder, env });
}
