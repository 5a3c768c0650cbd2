import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../lib/project.mjs';
import { ScriptError, start } from '../../lib/run.mjs';
import { createEnvironment, main } from '../ways.mjs';

const RECORDER = join(root, 'scripts/bench/processes/record-statements.cjs');

/**
 * @typedef {import('../measure.mjs').BenchContext} BenchContext
 * @typedef {{ url: string, memory: () => number, stop: () => Promise<void> }} Served memory: bytes
 */

/**
 * Starts the tool's server.
 * @param {BenchContext} context
 * @param {string} database
 * @param {string} [file] for the statements that it runs
 */
export function startServe(context, database, file) {
  const env = {
    ...createEnvironment(context, database, 'base'),
    SERVE_PORT: '0',
    SERVE_LISTINGS: 'on',
    SERVE_RATE_LIMIT: '1000000',
    ...(file === undefined ? {} : { BENCH_STATEMENTS: file }),
  };
  const hook = file === undefined ? [] : ['-r', RECORDER];
  return startProcess([...hook, main, 'serve'], context.folder, env);
}

/**
 * Starts a bare handler.
 * @param {BenchContext} context
 * @param {string} database
 * @param {Record<string, import('./capture.mjs').Statement[]>} statements by path
 */
export function startBare(context, database, statements) {
  const env = {
    ...createEnvironment(context, database, 'base'),
    BENCH_STATEMENTS: JSON.stringify(statements),
  };
  return startProcess([join(root, 'scripts/bench/processes/bare-http.mjs')], context.folder, env);
}

/** @param {string[]} args @param {string} cwd @param {NodeJS.ProcessEnv} env @returns {Promise<Served>} */
async function startProcess(args, cwd, env) {
  const { child, exit, stop } = start(process.execPath, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await Promise.race([readAddress(child.stdout), exit.then(() => undefined)]);
  if (url === undefined) throw new ScriptError(`node ${args.join(' ')} did not start`);
  return { url, memory: () => readMemory(child.pid ?? 0), stop };
}

/** @param {import('node:stream').Readable | null} output @returns {Promise<string>} */
function readAddress(output) {
  return new Promise((resolve) => {
    if (output === null) return;
    createInterface({ input: output }).on('line', (line) => {
      const [, url] = /(http:\S+?)\/?(?:\s|$)/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
}

/** @param {number} pid */
function readMemory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}
