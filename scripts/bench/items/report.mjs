import { formatTable } from '../../lib/demo-sql.mjs';
import { computeSpread, formatFigures, short } from '../report.mjs';
import { FEEDS } from './feeds.mjs';

/**
 * @typedef {import('./race.mjs').ItemsResult} ItemsResult
 * @typedef {import('./race.mjs').ItemsWay} ItemsWay
 * @typedef {import('./feeds.mjs').FeedsResult} FeedsResult
 * @typedef {{ name: string, goal: string, median: number, least: number, most: number, isMet: boolean }} ItemsRatio
 */

/** @type {Record<ItemsWay, string>} */
const names = {
  tool: 'trestle-etl',
  infile: 'LOAD DATA INFILE',
  straightforward: 'straightforward',
  again: 'trestle-etl, unchanged file',
};

/** Bytes. */
const MAX_PEAK = 200e6;
/** Seconds that unchanged feeds add to a sync, without those of their server. */
const MAX_FEEDS = 2;

/** Formats one line for each contestant, and one for the feeds. @param {readonly ItemsResult[]} results @param {readonly FeedsResult[]} feeds */
export function itemsTable(results, feeds) {
  const ways = /** @type {ItemsWay[]} */ (Object.keys(names));
  const lines = ways.map((way) => {
    const rounds = results.filter((each) => each.way === way).map(({ figures }) => figures);
    return { ' ': 'CSV', way: names[way], ...formatFigures(rounds) };
  });
  const unchanged = formatFigures(feeds.map(({ figures }) => figures));
  return formatTable([...lines, { ' ': `${FEEDS} feeds`, way: 'trestle-etl, unchanged', ...unchanged }]);
}

/** Computes the ratios of the goals, each as the median of its rounds. @param {readonly ItemsResult[]} results @param {readonly FeedsResult[]} feeds @returns {ItemsRatio[]} */
export function computeItemsRatios(results, feeds) {
  const tool = results.filter(({ way }) => way === 'tool');
  const peaks = tool.map(({ figures: { peak = NaN } }) => peak / 1e6);
  const added = feeds.map(({ figures, alone, own }) => figures.wall - alone - own);
  return [
    compare(results, 'infile', 0.5),
    compare(results, 'straightforward', 5),
    limit('CSV: peak memory, MB', peaks, MAX_PEAK / 1e6),
    limit(`${FEEDS} unchanged feeds: s, without a sync alone and their server`, added, MAX_FEEDS),
    limit(
      `${FEEDS} unchanged feeds: connections`,
      feeds.map(({ connections }) => connections),
      FEEDS,
    ),
  ];
}

/** @param {readonly ItemsResult[]} results @param {ItemsWay} rival @param {number} goal @returns {ItemsRatio} */
function compare(results, rival, goal) {
  const pairs = results
    .filter(({ way }) => way === 'tool')
    .flatMap(({ round, figures }) => {
      const other = results.find((each) => each.way === rival && each.round === round);
      return other === undefined ? [] : [other.figures.wall / figures.wall];
    });
  const ratios = computeSpread(pairs);
  return {
    name: `CSV: ${names.tool} : ${names[rival]}`,
    goal: `≥ ${goal}`,
    ...ratios,
    isMet: ratios.median >= goal,
  };
}

/** @param {string} name @param {readonly number[]} values @param {number} most @returns {ItemsRatio} */
function limit(name, values, most) {
  const found = computeSpread(values);
  return { name, goal: `≤ ${most}`, ...found, isMet: found.median <= most };
}

/** The size that the goals are for: with fewer rows, the start takes most of the time. */
const GOAL_ROWS = 1_000_000;

/** @param {readonly ItemsRatio[]} ratios @param {number} rows */
export function itemsRatiosTable(ratios, rows) {
  const isSmall = rows < GOAL_ROWS;
  const lines = formatTable(
    ratios.map(({ name, goal, median, least, most, isMet }) => ({
      items: name,
      median: short(median),
      'least–most': `${short(least)}–${short(most)}`,
      ...(isSmall ? {} : { goal, ' ': isMet ? 'reached' : 'not reached' }),
    })),
  );
  return isSmall ? `${lines}\n\nThe goals are for ${GOAL_ROWS} rows.` : lines;
}
