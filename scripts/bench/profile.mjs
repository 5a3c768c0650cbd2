import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { table } from '../lib/demo-sql.mjs';
import { root } from '../lib/project.mjs';
import { timedNode } from './measure.mjs';
import { emptyDatabase } from './tables.mjs';
import { environment, main, tool } from './ways.mjs';

/**
 * @typedef {{ functionName: string, url: string, lineNumber: number }} Frame
 * @typedef {{ id: number, callFrame: Frame, children?: number[] }} Node
 * @typedef {{ nodes: Node[], samples: number[], timeDeltas: number[] }} CpuProfile
 * @typedef {{ what: string, ms: number }} Share
 * @typedef {{ functions: Share[], files: Share[] }} Shares the most first
 */

const database = 'bench_profile';

/**
 * Where a first load spends its main thread: milliseconds of each function's own code.
 * @param {import('./measure.mjs').Place} place
 * @returns {Promise<Shares>}
 */
export async function profile(place) {
  const { folder } = place;
  await emptyDatabase(place, database);
  await tool(place, database, 'base', ['full-load']);
  await emptyDatabase(place, database);
  const flags = ['--cpu-prof', `--cpu-prof-dir=${join(folder, 'profile')}`, '--cpu-prof-interval=500'];
  await timedNode([...flags, main, 'full-load'], { folder, env: environment(place, database, 'base') });
  const [file = ''] = readdirSync(join(folder, 'profile'));
  return sharesOf(JSON.parse(readFileSync(join(folder, 'profile', file), 'utf8')));
}

/** @param {CpuProfile} profile @returns {Shares} */
function sharesOf({ nodes, samples, timeDeltas }) {
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

/** What the engine does by itself is nobody's. @param {Frame} frame */
function isOverhead({ functionName }) {
  return /^\((garbage collector|program)\)$/.test(functionName);
}

/**
 * Where code of the engine's own, such as a pattern's, was called from.
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
    table(
      shares.slice(0, 30).map(({ what, ms }) => ({
        [head]: what,
        ms: ms.toFixed(0),
        '%': ((ms / all) * 100).toFixed(1),
      })),
    );
  const total = `${(all / 1000).toFixed(2)} s on the main thread, waiting left out`;
  return `${text(functions, 'function')}\n\n${text(files, 'file')}\n\n${total}`;
}
