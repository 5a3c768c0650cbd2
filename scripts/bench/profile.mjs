import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { table } from '../lib/demo-sql.mjs';
import { root } from '../lib/project.mjs';
import { timedNode } from './measure.mjs';
import { emptyDatabase } from './tables.mjs';
import { environment, main, tool } from './ways.mjs';

/**
 * @typedef {{ functionName: string, url: string, lineNumber: number }} Frame
 * @typedef {{ nodes: { id: number, callFrame: Frame }[], samples: number[], timeDeltas: number[] }} CpuProfile
 * @typedef {{ what: string, ms: number }} Share
 */

const database = 'bench_profile';

/**
 * Where a first load spends its main thread: milliseconds of each function's own code, the most first.
 * @param {import('./measure.mjs').Place} place
 * @returns {Promise<Share[]>}
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

/** @param {CpuProfile} profile @returns {Share[]} */
export function sharesOf({ nodes, samples, timeDeltas }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  /** @type {Map<string, number>} */
  const times = new Map();
  samples.forEach((id, at) => {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === '(idle)') return;
    const what = nameOf(frame);
    times.set(what, (times.get(what) ?? 0) + (timeDeltas[at] ?? 0) / 1000);
  });
  return [...times].map(([what, ms]) => ({ what, ms })).sort((one, other) => other.ms - one.ms);
}

/** @param {Frame} frame */
function nameOf({ functionName, url, lineNumber }) {
  const place = url.replace(`file://${root}/`, '').replace(/^.*node_modules\//, '');
  return `${functionName || '(anonymous)'}${place === '' ? '' : ` ${place}:${lineNumber + 1}`}`;
}

/** @param {readonly Share[]} shares */
export function profileTable(shares) {
  const all = shares.reduce((sum, { ms }) => sum + ms, 0);
  const rows = shares.slice(0, 40).map(({ what, ms }) => ({
    what,
    ms: ms.toFixed(0),
    '%': ((ms / all) * 100).toFixed(1),
  }));
  return `${table(rows)}\n\n${(all / 1000).toFixed(2)} s on the main thread, waiting left out`;
}
