import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { formatTable } from '../lib/demo-sql.mjs';
import { root } from '../lib/project.mjs';
import { measureNode } from './measure.mjs';
import { createEmptyDatabase } from './tables.mjs';
import { createEnvironment, main, runTool } from './ways.mjs';

/**
 * @typedef {{ functionName: string, url: string, lineNumber: number }} Frame
 * @typedef {{ id: number, callFrame: Frame, children?: number[] }} Node
 * @typedef {{ nodes: Node[], samples: number[], timeDeltas: number[] }} CpuProfile
 * @typedef {{ what: string, ms: number }} Share
 * @typedef {{ functions: Share[], files: Share[] }} Shares largest first
 */

const database = 'bench_profile';

/**
 * Profiles the main thread of a first load: milliseconds in each function's own code.
 * @param {import('./measure.mjs').BenchContext} context
 * @returns {Promise<Shares>}
 */
export async function profile(context) {
  const { folder } = context;
  await createEmptyDatabase(context, database);
  await runTool(context, database, 'base', ['full-load']);
  await createEmptyDatabase(context, database);
  const env = createEnvironment(context, database, 'base');
  return await profileNode(folder, (flags) => measureNode([...flags, main, 'full-load'], { folder, env }));
}

/**
 * Profiles the main thread of a process.
 * @param {string} folder for its files
 * @param {(flags: readonly string[]) => Promise<unknown>} run runs Node with these options
 * @returns {Promise<Shares>}
 */
export async function profileNode(folder, run) {
  const path = join(folder, 'profile');
  rmSync(path, { recursive: true, force: true });
  await run(['--cpu-prof', `--cpu-prof-dir=${path}`, '--cpu-prof-interval=500']);
  const [file = ''] = readdirSync(path);
  return computeShares(JSON.parse(readFileSync(join(path, file), 'utf8')));
}

/** @param {CpuProfile} profile @returns {Shares} */
function computeShares({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  /** @type {Map<string, number>} */
  const functions = new Map();
  /** @type {Map<string, number>} */
  const files = new Map();
  samples.forEach((id, at) => {
    const frame = byId.get(id)?.callFrame;
    if (frame === undefined || frame.functionName === '(idle)') return;
    const ms = (timeDeltas[at] ?? 0) / 1000;
    add(functions, `${frame.functionName || '(anonymous)'} ${placeOf(frame)}`.trimEnd(), ms);
    add(files, isOverhead(frame) ? frame.functionName : fileOf(id, byId, parents), ms);
  });
  return { functions: sorted(functions), files: sorted(files) };
}

/** Work of the engine that belongs to no file. @param {Frame} frame */
function isOverhead({ functionName }) {
  return /^\((garbage collector|program)\)$/.test(functionName);
}

/**
 * Returns the file that called code of the engine, such as a regular expression.
 * @param {number} id
 * @param {ReadonlyMap<number, Node>} nodes
 * @param {ReadonlyMap<number, number>} parents
 */
function fileOf(id, nodes, parents) {
  for (let at = /** @type {number | undefined} */ (id); at !== undefined; at = parents.get(at)) {
    const frame = nodes.get(at)?.callFrame;
    if (frame !== undefined && frame.url !== '') return shortUrl(frame.url);
  }
  return '(engine)';
}

/** @param {Frame} frame */
function placeOf({ url, lineNumber }) {
  return url === '' ? '' : `${shortUrl(url)}:${lineNumber + 1}`;
}

/** @param {string} url */
function shortUrl(url) {
  return url.replace(`file://${root}/`, '').replace(/^.*node_modules\//, '');
}

/** @param {Map<string, number>} sums @param {string} what @param {number} ms */
function add(sums, what, ms) {
  sums.set(what, (sums.get(what) ?? 0) + ms);
}

/** @param {ReadonlyMap<string, number>} sums */
function sorted(sums) {
  return [...sums].map(([what, ms]) => ({ what, ms })).sort((one, other) => other.ms - one.ms);
}

/** @param {Shares} shares */
export function profileTable({ functions, files }) {
  const all = functions.reduce((sum, { ms }) => sum + ms, 0);
  /** @param {readonly Share[]} shares @param {string} head */
  const text = (shares, head) =>
    formatTable(
      shares.slice(0, 30).map(({ what, ms }) => ({
        [head]: what,
        ms: ms.toFixed(0),
        '%': ((ms / all) * 100).toFixed(1),
      })),
    );
  const total = `${(all / 1000).toFixed(2)} s on the main thread, without idle time`;
  return `${text(functions, 'function')}\n\n${text(files, 'file')}\n\n${total}`;
}
