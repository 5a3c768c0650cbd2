import { ScriptError } from '../../lib/run.mjs';
import { createEmptyDatabase } from '../tables.mjs';
import { runTool } from '../ways.mjs';
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
 * @param {(line: string) => void} log
 * @returns {Promise<Beside>}
 */
export async function measureBeside(context, log) {
  log('serve: a full-load alone, and requests alone');
  await createEmptyDatabase(context, 'bench_alone');
  const { wall: loadAlone } = await runTool(context, 'bench_alone', 'base', ['full-load']);
  const alone = await startServe(context, 'bench_alone');
  const { rate: rateAlone } = await request(`${alone.url}${PATH}`);
  await alone.stop();
  log('serve: both at the same time');
  await createEmptyDatabase(context, 'bench_beside');
  const beside = await startServe(context, 'bench_beside');
  const state = { isLoading: true };
  const load = runTool(context, 'bench_beside', 'base', ['full-load']).finally(() => {
    state.isLoading = false;
  });
  const rates = [];
  while (state.isLoading) rates.push((await request(`${beside.url}${PATH}`)).rate);
  const { wall: loadBeside } = await load;
  await beside.stop();
  const rateBeside = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  return { loadAlone, loadBeside, rateAlone, rateBeside };
}

/** @param {string} url */
async function request(url) {
  const load = await runLoad(url, { connections: CONNECTIONS, seconds: SECONDS });
  if (load.failed > 0) throw new ScriptError(`${load.failed} of ${load.requests} requests failed`);
  return load;
}
