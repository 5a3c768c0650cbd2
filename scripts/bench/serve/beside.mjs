import { ScriptError } from '../../lib/run.mjs';
import { createEmptyDatabase } from '../tables.mjs';
import { runTool } from '../ways.mjs';
import { insertServed } from './data.mjs';
import { startServe } from './servers.mjs';
import { runLoad } from './wrk.mjs';

/**
 * @typedef {import('../measure.mjs').BenchContext} BenchContext
 * @typedef {{ loadAlone: number, loadBeside: number, rateAlone: number, rateBeside: number }} Beside seconds; requests a second
 */

const PATH = '/listings?page_size=50&count=false';
const CONNECTIONS = 2;
const SECONDS = 2;

/**
 * Measures a first load alone, requests alone, and both at the same time on one database. Throws if a request fails.
 * @param {BenchContext} context
 * @param {{ listings: number, log: (line: string) => void }} options
 * @returns {Promise<Beside>}
 */
export async function measureBeside(context, { listings, log }) {
  log('serve: a full-load alone');
  await prepare(context, 'bench_alone', listings);
  const { wall: loadAlone } = await runTool(context, 'bench_alone', 'base', ['full-load']);
  log('serve: requests alone, and a full-load beside them');
  await prepare(context, 'bench_beside', listings);
  const tool = await startServe(context, 'bench_beside');
  const url = `${tool.url}${PATH}`;
  const rateAlone = (await request(url)).rate;
  let isLoading = true;
  const load = runTool(context, 'bench_beside', 'base', ['full-load']).finally(() => {
    isLoading = false;
  });
  const rates = [];
  while (isLoading) rates.push((await request(url)).rate);
  const { wall: loadBeside } = await load;
  await tool.stop();
  return {
    loadAlone,
    loadBeside,
    rateAlone,
    rateBeside: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
  };
}

/** @param {BenchContext} context @param {string} name @param {number} listings */
async function prepare(context, name, listings) {
  await createEmptyDatabase(context, name);
  await insertServed(context.server, name, listings);
}

/** @param {string} url */
async function request(url) {
  const load = await runLoad(url, { connections: CONNECTIONS, seconds: SECONDS });
  if (load.failed > 0) throw new ScriptError(`${load.failed} of ${load.requests} requests failed`);
  return load;
}
