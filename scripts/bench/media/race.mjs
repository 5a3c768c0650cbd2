import { readdirSync } from 'node:fs';
import { ScriptError } from '../../lib/run.mjs';
import { measure } from '../measure.mjs';
import { createEmptyDatabase } from '../tables.mjs';
import { createPhotoFolder, insertMedia, runCurl, runMediaTool } from './ways.mjs';

/**
 * @typedef {import('../measure.mjs').BenchContext} BenchContext
 * @typedef {import('../measure.mjs').Figures} Figures
 * @typedef {'tool' | 'again' | 'curl'} MediaWay
 * @typedef {{ way: MediaWay, round: number, figures: Figures }} MediaResult
 */

const database = 'bench_media';

/**
 * Downloads all files with each contestant in turn, `rounds` times, in the opposite order every other round; and once more with
 * the tool, with nothing new.
 * @param {BenchContext} context
 * @param {{ files: number, rounds: number, log: (line: string) => void }} options
 * @returns {Promise<MediaResult[]>}
 */
export async function raceMedia(context, { files, rounds, log }) {
  /** @type {MediaResult[]} */
  const results = [];
  for (let round = 1; round <= rounds; round += 1) {
    log(`media: round ${round} of ${rounds}`);
    const ways = [raceTool, raceCurl];
    for (const way of round % 2 === 0 ? ways.toReversed() : ways)
      results.push(...(await way(context, files)).map((result) => ({ ...result, round })));
  }
  return results;
}

/** @param {BenchContext} context @param {number} files @returns {Promise<Omit<MediaResult, 'round'>[]>} */
async function raceTool(context, files) {
  const store = createPhotoFolder(context, 'tool');
  await createEmptyDatabase(context, database);
  await insertMedia(context, database, files);
  const run = () => runMediaTool(context, database, store);
  const figures = await measure(context, { rows: files, database, run });
  checkFiles(store, files);
  const again = await measure(context, { rows: 0, database, run });
  createPhotoFolder(context, 'tool');
  return [
    { way: 'tool', figures },
    { way: 'again', figures: again },
  ];
}

/** @param {BenchContext} context @param {number} files @returns {Promise<Omit<MediaResult, 'round'>[]>} */
async function raceCurl(context, files) {
  const store = createPhotoFolder(context, 'curl');
  const figures = await measure(context, { rows: files, run: () => runCurl(context, store, files) });
  checkFiles(store, files);
  createPhotoFolder(context, 'curl');
  return [{ way: 'curl', figures }];
}

/** @param {string} store @param {number} files */
function checkFiles(store, files) {
  const found = readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.jpg'),
  ).length;
  if (found !== files) throw new ScriptError(`${store} has ${found} files instead of ${files}`);
}
