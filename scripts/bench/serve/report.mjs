import { formatTable } from '../../lib/demo-sql.mjs';
import { computeSpread } from '../report.mjs';

/**
 * @typedef {import('./race.mjs').ServeResult} ServeResult
 * @typedef {import('./race.mjs').ServeResults} ServeResults
 * @typedef {{ name: string, goal: string, value: number, isMet: boolean }} ServeRatio
 */

/** Formats one line for each list and contestant. @param {ServeResults} results */
export function serveTable({ results }) {
  const kinds = [...new Set(results.map(({ list, way }) => `${list}/${way}`))];
  return formatTable(
    kinds.map((kind) => {
      const [list = '', way] = kind.split('/');
      const own = results.filter((each) => each.list === list && each.way === way);
      return {
        list,
        server: way === 'tool' ? 'trestle-etl' : 'bare handler',
        'requests/s': median(own, ({ load }) => load.rate).toFixed(0),
        'p50 ms': median(own, ({ load }) => load.p50).toFixed(2),
        'p99 ms': median(own, ({ load }) => load.p99).toFixed(2),
      };
    }),
  );
}

/** Formats what a full-load and requests cost each other. @param {import('./beside.mjs').Beside} beside */
export function besideTable({ loadAlone, loadBeside, rateAlone, rateBeside }) {
  return formatTable([
    row('full-load, s', loadAlone, loadBeside, 1),
    row('requests/s, two connections', rateAlone, rateBeside, 0),
  ]);
}

/** @param {string} what @param {number} alone @param {number} beside @param {number} digits */
function row(what, alone, beside, digits) {
  return {
    what,
    alone: alone.toFixed(digits),
    'both at once': beside.toFixed(digits),
    ratio: (beside / alone).toFixed(2),
  };
}

/** Computes the goals, each with the median of its rounds. @param {ServeResults} results @returns {ServeRatio[]} */
export function computeServeRatios({ results, memory }) {
  /** @param {string} list @param {'tool' | 'bare'} way @param {'rate' | 'p99'} what */
  const find = (list, way, what) =>
    median(
      results.filter((each) => each.list === list && each.way === way),
      ({ load }) => load[what],
    );
  const lists = [...new Set(results.map(({ list }) => list))];
  const growth = (memory.at(-1)?.bytes ?? NaN) / (memory[1]?.bytes ?? NaN);
  return [
    ...lists.flatMap((list) => [
      atLeast(
        `${list}: requests/s against bare`,
        0.7,
        find(list, 'tool', 'rate') / find(list, 'bare', 'rate'),
      ),
      atMost(`${list}: p99 against bare`, 5, find(list, 'tool', 'p99') / find(list, 'bare', 'p99')),
    ]),
    ...['listings', 'data'].map((list) =>
      atLeast(
        `${list}: deep page against first`,
        0.8,
        find(`${list}, deep`, 'tool', 'rate') / find(list, 'tool', 'rate'),
      ),
    ),
    atMost(`memory after ${memory.at(-1)?.requests ?? 0} requests against round 1`, 1.2, growth),
    { name: 'memory at the end, MB', goal: '', value: (memory.at(-1)?.bytes ?? NaN) / 1e6, isMet: true },
  ];
}

/** @param {string} name @param {number} goal @param {number} value @returns {ServeRatio} */
function atLeast(name, goal, value) {
  return { name, goal: `≥ ${goal}`, value, isMet: value >= goal };
}

/** @param {string} name @param {number} goal @param {number} value @returns {ServeRatio} */
function atMost(name, goal, value) {
  return { name, goal: `≤ ${goal}`, value, isMet: value <= goal };
}

/** @param {readonly ServeResult[]} results @param {(result: ServeResult) => number} of */
function median(results, of) {
  return computeSpread(results.map(of)).median;
}
