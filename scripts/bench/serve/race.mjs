import { ScriptError } from '../../lib/run.mjs';
import { createEmptyDatabase } from '../tables.mjs';
import { captureStatements } from './capture.mjs';
import { insertServed } from './data.mjs';
import { startBare, startServe } from './servers.mjs';
import { provideWrk, runLoad } from './wrk.mjs';

/**
 * @typedef {import('../measure.mjs').BenchContext} BenchContext
 * @typedef {import('./servers.mjs').Served} Served
 * @typedef {'listings' | 'listings, deep' | 'data' | 'data, deep'} List
 * @typedef {{ way: 'tool' | 'bare', list: List, round: number, load: import('./wrk.mjs').Load }} ServeResult
 * @typedef {{ results: ServeResult[], memory: { requests: number, bytes: number }[] }} ServeResults
 */

export const database = 'bench_serve';

/** @type {ServeResult['way'][]} */
const WAYS = ['tool', 'bare'];

const CONNECTIONS = 16;
const SECONDS = 5;
const WARM_UP_SECONDS = 2;
const PAGE = 'page_size=50&count=false';

/** Pages that are skipped to reach a deep one: of 1,000 rows each. */
const DEEP_SHARE = 0.9;

/**
 * Requests the first and a deep page of both lists from the tool and from a bare handler that runs the same statements.
 * @param {BenchContext} context
 * @param {{ listings: number, rounds: number, log: (line: string) => void }} options
 * @returns {Promise<ServeResults>}
 */
export async function raceServe(context, { listings, rounds, log }) {
  await provideWrk(log);
  log(`serve: inserting ${listings} listings and items`);
  await createEmptyDatabase(context, database);
  await insertServed(context.server, database, listings);
  const tool = await startServe(context, database);
  const paths = await findPaths(tool.url, listings);
  const statements = await captureStatements(context, database, Object.values(paths));
  const bare = await startBare(context, database, statements);
  const measured = await measureRounds({ tool, bare }, paths, rounds, log);
  await tool.stop();
  await bare.stop();
  return measured;
}

/** @param {{ tool: Served, bare: Served }} servers @param {Record<List, string>} paths @param {number} rounds @param {(line: string) => void} log @returns {Promise<ServeResults>} */
async function measureRounds(servers, paths, rounds, log) {
  /** @type {ServeResults} */
  const { results, memory } = { results: [], memory: [] };
  let requests = 0;
  for (let round = 0; round <= rounds; round += 1) {
    log(round === 0 ? 'serve: warm-up' : `serve: round ${round} of ${rounds}`);
    for (const [list, path] of /** @type {[List, string][]} */ (Object.entries(paths))) {
      for (const way of round % 2 === 0 ? WAYS : WAYS.toReversed()) {
        const seconds = round === 0 ? WARM_UP_SECONDS : SECONDS;
        const load = await runLoad(`${servers[way].url}${path}`, { connections: CONNECTIONS, seconds });
        if (load.failed > 0)
          throw new ScriptError(`${way} failed ${load.failed} of ${load.requests} requests`);
        if (way === 'tool') requests += load.requests;
        if (round > 0) results.push({ way, list, round, load });
      }
    }
    memory.push({ requests, bytes: servers.tool.memory() });
  }
  return { results, memory };
}

/** @param {string} url @param {number} listings @returns {Promise<Record<List, string>>} */
async function findPaths(url, listings) {
  return {
    listings: `/listings?${PAGE}`,
    'listings, deep': await findDeepPath(url, '/listings', listings),
    data: `/data?${PAGE}`,
    'data, deep': await findDeepPath(url, '/data', listings),
  };
}

/** Walks to a page near the end of a list. @param {string} url @param {string} path @param {number} rows */
async function findDeepPath(url, path, rows) {
  let cursor = '';
  for (let seen = 0; seen < rows * DEEP_SHARE; seen += 1000) {
    const answer = await fetch(`${url}${path}?page_size=1000&count=false${cursor}`);
    const { metadata } = /** @type {{ metadata: { pagination: { next_cursor: string | null } } }} */ (
      await answer.json()
    );
    const { next_cursor: next } = metadata.pagination;
    if (next === null) break;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
  return `${path}?${PAGE}${cursor}`;
}
