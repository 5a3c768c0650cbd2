import { formatTable } from '../../lib/demo-sql.mjs';
import { computeSpread, formatFigures } from '../report.mjs';

/**
 * @typedef {import('./race.mjs').MediaResult} MediaResult
 * @typedef {import('./race.mjs').MediaWay} MediaWay
 * @typedef {{ name: string, goal: string, value: number, isMet: boolean }} MediaRatio
 */

/** @type {Record<MediaWay, string>} */
const names = { tool: 'trestle-etl', again: 'trestle-etl, nothing new', curl: 'xargs -P 6 curl' };

/** Formats one line for each contestant. @param {readonly MediaResult[]} results */
export function mediaTable(results) {
  return formatTable(
    /** @type {MediaWay[]} */ (Object.keys(names)).map((way) => ({
      way: names[way],
      ...formatFigures(results.filter((each) => each.way === way).map(({ figures }) => figures)),
    })),
  );
}

/** Computes the goals, each with the median of its rounds. @param {readonly MediaResult[]} results @returns {MediaRatio[]} */
export function computeMediaRatios(results) {
  /** @param {MediaWay} way @param {(result: MediaResult) => number} of */
  const median = (way, of) => computeSpread(results.filter((each) => each.way === way).map(of)).median;
  const speed = median('curl', ({ figures }) => figures.wall) / median('tool', ({ figures }) => figures.wall);
  const peak = median('tool', ({ figures }) => (figures.peak ?? NaN) / 1e6);
  const idle = median('again', ({ figures }) => figures.wall);
  const requests = median('again', ({ figures }) => figures.requests);
  return [
    { name: 'speed against curl', goal: '≥ 0.8', value: speed, isMet: speed >= 0.8 },
    { name: 'peak memory, MB', goal: '≤ 200', value: peak, isMet: peak <= 200 },
    { name: 'nothing new, s', goal: '≤ 1', value: idle, isMet: idle <= 1 },
    { name: 'nothing new, requests', goal: '0', value: requests, isMet: requests === 0 },
  ];
}
