import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/project.mjs';
import { ScriptError, start, tail } from '../lib/run.mjs';

/**
 * The figures of one contestant in one round. Undefined if not applicable, or not available on this system.
 * @typedef {object} Figures
 * @property {number} rows
 * @property {number} wall seconds
 * @property {number | undefined} cpu seconds of our process
 * @property {number | undefined} peak bytes of memory of our process
 * @property {number | undefined} serverCpu seconds
 * @property {number | undefined} feedCpu seconds
 * @property {number} requests
 * @property {number} wire bytes
 * @property {number} written bytes, by InnoDB: pages and log, including delayed writes
 *
 * @typedef {{ wall: number, cpu?: number, peak?: number }} Taken
 * @typedef {{ server: import('./server.mjs').Server, feed: import('./feed-process.mjs').Feed, folder: string, pageSize: number }} BenchContext
 *   folder: for the files of the contestants
 */

const HOOK = join(root, 'scripts/bench/processes/usage.cjs');

/**
 * Measures `run`, which returns its own times.
 * @param {BenchContext} context
 * @param {{ rows: number, database?: string | undefined, run: () => Promise<Taken> }} contestant
 * @returns {Promise<Figures>}
 */
export async function measure({ server, feed }, { rows, database, run }) {
  const before = {
    server: server.cpu(),
    feed: feed.cpu(),
    written: await server.written(),
    sent: await feed.report(),
  };
  const taken = await run();
  const after = { server: server.cpu(), feed: feed.cpu(), sent: await feed.report() };
  // Pending writes belong to this contestant, and must not be counted for the next one.
  if (database !== undefined) await server.flush(database);
  return {
    rows,
    wall: taken.wall,
    cpu: taken.cpu,
    peak: taken.peak,
    serverCpu: difference(before.server, after.server),
    feedCpu: difference(before.feed, after.feed),
    requests: after.sent.requests - before.sent.requests,
    wire: after.sent.bytes - before.sent.bytes,
    written: (await server.written()) - before.written,
  };
}

/** @param {number | undefined} before @param {number | undefined} after */
function difference(before, after) {
  return before === undefined || after === undefined ? undefined : after - before;
}

/**
 * Runs Node and measures it, from start to exit.
 * @param {readonly string[]} args
 * @param {{ folder: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<Taken>}
 */
export async function measureNode(args, { folder, env }) {
  const usage = join(folder, 'usage.json');
  const logFile = join(folder, 'output.log');
  rmSync(usage, { force: true });
  const out = openSync(logFile, 'w');
  const startedAt = process.hrtime.bigint();
  try {
    const code = await start(process.execPath, ['-r', HOOK, ...args], {
      cwd: folder,
      env: { ...env, BENCH_USAGE: usage },
      stdio: ['ignore', out, out],
    }).exit;
    const wall = Number(process.hrtime.bigint() - startedAt) / 1e9;
    if (code !== 0)
      throw new ScriptError(`node ${args.join(' ')} ended with exit code ${code}:\n${tail(logFile)}`);
    return { wall, ...JSON.parse(readFileSync(usage, 'utf8')) };
  } finally {
    closeSync(out);
  }
}

/** Measures work of the server alone. @param {() => Promise<unknown>} work @returns {Promise<Taken>} */
export async function measureTime(work) {
  const startedAt = process.hrtime.bigint();
  await work();
  return { wall: Number(process.hrtime.bigint() - startedAt) / 1e9 };
}
