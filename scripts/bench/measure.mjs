import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/project.mjs';
import { ScriptError, start, tail } from '../lib/run.mjs';

/**
 * What one contestant took once. Undefined: there is no such thing, or it can't be told on this system.
 * @typedef {object} Figures
 * @property {number} rows
 * @property {number} wall seconds
 * @property {number | undefined} cpu seconds of our process
 * @property {number | undefined} peak bytes of memory of our process
 * @property {number | undefined} serverCpu seconds
 * @property {number | undefined} feedCpu seconds
 * @property {number} requests
 * @property {number} wire bytes
 * @property {number} written bytes, by InnoDB: pages and log, with what was left to be written afterwards
 *
 * @typedef {{ wall: number, cpu?: number, peak?: number }} Taken
 * @typedef {{ server: import('./server.mjs').Server, feed: import('./feed-process.mjs').Feed, folder: string, pageSize: number }} Place
 *   folder: for what the contestants write
 */

const hook = join(root, 'scripts/bench/processes/usage.cjs');

/**
 * Measures `run`, which brings its own time.
 * @param {Place} place
 * @param {{ rows: number, database?: string | undefined, run: () => Promise<Taken> }} what
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
  // What waits to be written is this one's, and must not be written while the next one is measured.
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
 * Runs Node to its end, and tells what that took, from start to exit.
 * @param {readonly string[]} args
 * @param {{ folder: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<Taken>}
 */
export async function timedNode(args, { folder, env }) {
  const usage = join(folder, 'usage.json');
  const logFile = join(folder, 'output.log');
  rmSync(usage, { force: true });
  const out = openSync(logFile, 'w');
  const began = process.hrtime.bigint();
  try {
    const code = await start(process.execPath, ['-r', hook, ...args], {
      cwd: folder,
      env: { ...env, BENCH_USAGE: usage },
      stdio: ['ignore', out, out],
    }).exit;
    const wall = Number(process.hrtime.bigint() - began) / 1e9;
    if (code !== 0)
      throw new ScriptError(`node ${args.join(' ')} ended with exit code ${code}:\n${tail(logFile)}`);
    return { wall, ...JSON.parse(readFileSync(usage, 'utf8')) };
  } finally {
    closeSync(out);
  }
}

/** Times something that the server does on its own. @param {() => Promise<unknown>} work @returns {Promise<Taken>} */
export async function timed(work) {
  const began = process.hrtime.bigint();
  await work();
  return { wall: Number(process.hrtime.bigint() - began) / 1e9 };
}
