import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { aptInstall, canInstall, findOnPath } from '../../lib/find-server.mjs';
import { root } from '../../lib/project.mjs';
import { ScriptError } from '../../lib/run.mjs';

/** @typedef {{ rate: number, p50: number, p99: number, requests: number, failed: number }} Load requests a second; milliseconds */

/** Installs the load generator if it is missing: https://github.com/wg/wrk. @param {(line: string) => void} log */
export async function provideWrk(log) {
  if (findOnPath('wrk') !== undefined) return;
  if (!canInstall()) throw new ScriptError('There is no wrk on this machine: install it');
  await aptInstall(['wrk'], { logFile: join(root, '.local/apt.log'), log });
}

/**
 * Requests an address as fast as it answers.
 * @param {string} url
 * @param {{ connections: number, seconds: number }} options
 * @returns {Promise<Load>}
 */
export async function runLoad(url, { connections, seconds }) {
  const { stdout } = await promisify(execFile)('wrk', [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout',
    '10s',
    '--latency',
    url,
  ]);
  return parseLoad(stdout);
}

/** @param {string} text the output of wrk @returns {Load} */
export function parseLoad(text) {
  const find = (/** @type {RegExp} */ pattern) => pattern.exec(text)?.[1] ?? '0';
  const errors = [
    .../(?:connect|read|write|timeout) (\d+)/g[Symbol.matchAll](/Socket errors:.*/.exec(text)?.[0] ?? ''),
  ];
  return {
    rate: Number(find(/Requests\/sec:\s+([\d.]+)/)),
    p50: toMs(find(/\s50%\s+(\S+)/)),
    p99: toMs(find(/\s99%\s+(\S+)/)),
    requests: Number(find(/(\d+) requests in/)),
    failed:
      Number(find(/Non-2xx or 3xx responses: (\d+)/)) +
      errors.reduce((sum, match) => sum + Number(match[1]), 0),
  };
}

/** @param {string} text such as 812.00us, 1.25ms, 1.02s */
function toMs(text) {
  const [, value = '0', unit = 'ms'] = /^([\d.]+)(us|ms|s|m)/.exec(text) ?? [];
  return Number(value) * ({ us: 0.001, ms: 1, s: 1000, m: 60_000 }[unit] ?? 1);
}
