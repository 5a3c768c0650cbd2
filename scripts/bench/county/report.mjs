import { formatTable } from '../../lib/demo-sql.mjs';
import { computeSpread, formatFigures, short } from '../report.mjs';
import { COUNTY_TABLES } from './archives.mjs';

/**
 * @typedef {import('./race.mjs').CountyResult} CountyResult
 * @typedef {import('./race.mjs').CountyWay} CountyWay
 * @typedef {import('./archives.mjs').CountyTable} CountyTable
 * @typedef {{ name: string, goal: string, median: number, least: number, most: number, isMet: boolean }} CountyRatio
 */

/** @type {Record<CountyWay, string>} */
const names = {
  tool: 'trestle-etl, LOAD DATA LOCAL',
  insert: 'trestle-etl, INSERT',
  infile: 'LOAD DATA INFILE',
  straightforward: 'straightforward',
  again: 'trestle-etl, unchanged release',
};

/** Bytes; the goal of promise 28. */
const MAX_PEAK = 250e6;

/** Formats one line for each contestant and table. @param {readonly CountyResult[]} results */
export function countyTable(results) {
  const ways = /** @type {CountyWay[]} */ (Object.keys(names));
  return formatTable(
    COUNTY_TABLES.flatMap((table) =>
      ways.flatMap((way) => {
        const rounds = results.filter((each) => each.table === table && each.way === way);
        if (rounds.length === 0) return [];
        return [{ ' ': table, way: names[way], ...formatFigures(rounds.map(({ figures }) => figures)) }];
      }),
    ),
  );
}

/** Computes the ratios of the goals, each as the median of its rounds. @param {readonly CountyResult[]} results @returns {CountyRatio[]} */
export function computeCountyRatios(results) {
  return COUNTY_TABLES.flatMap((table) => {
    const own = results.filter((each) => each.table === table);
    return [
      compare(own, table, 'tool', 'infile', 0.8),
      compare(own, table, 'insert', 'infile', 0.55),
      compare(own, table, 'tool', 'straightforward', 10),
      compare(own, table, 'insert', 'straightforward', 10),
      limit(own, `${table}: peak memory, MB`, 'tool', ({ peak = NaN }) => peak / 1e6, MAX_PEAK / 1e6),
      limit(own, `${table}: requests for an unchanged release`, 'again', ({ requests }) => requests, 2),
    ];
  });
}

/** @param {readonly CountyResult[]} results @param {CountyTable} table @param {CountyWay} way @param {CountyWay} rival @param {number} goal @returns {CountyRatio} */
function compare(results, table, way, rival, goal) {
  const pairs = results
    .filter((each) => each.way === way)
    .flatMap(({ round, figures }) => {
      const other = results.find((each) => each.way === rival && each.round === round);
      return other === undefined ? [] : [other.figures.wall / figures.wall];
    });
  const ratios = computeSpread(pairs);
  return {
    name: `${table}: ${names[way]} : ${names[rival]}`,
    goal: `≥ ${goal}`,
    ...ratios,
    isMet: ratios.median >= goal,
  };
}

/** @param {readonly CountyResult[]} results @param {string} name @param {CountyWay} way @param {(figures: import('../measure.mjs').Figures) => number} of @param {number} most @returns {CountyRatio} */
function limit(results, name, way, of, most) {
  const found = computeSpread(results.filter((each) => each.way === way).map(({ figures }) => of(figures)));
  return { name, goal: `≤ ${most}`, ...found, isMet: found.median <= most };
}

/** The size that the goals are for: with fewer accounts, the start takes most of the time. */
const GOAL_ACCOUNTS = 100_000;

/** @param {readonly CountyRatio[]} ratios @param {number} accounts */
export function countyRatiosTable(ratios, accounts) {
  const isSmall = accounts < GOAL_ACCOUNTS;
  const rows = formatTable(
    ratios.map(({ name, goal, median, least, most, isMet }) => ({
      'county files': name,
      median: short(median),
      'least–most': `${short(least)}–${short(most)}`,
      ...(isSmall ? {} : { goal, ' ': isMet ? 'reached' : 'not reached' }),
    })),
  );
  return isSmall ? `${rows}\n\nThe goals are for ${GOAL_ACCOUNTS} accounts.` : rows;
}
