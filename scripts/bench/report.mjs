import { formatTable } from '../lib/demo-sql.mjs';

/**
 * @typedef {import('./race.mjs').Result} Result
 * @typedef {import('./race.mjs').Step} Step
 * @typedef {import('./race.mjs').Way} Way
 * @typedef {import('./measure.mjs').Figures} Figures
 * @typedef {{ name: string, goal: string, median: number, least: number, most: number, isMet: boolean | undefined }} Ratio
 */

const names = {
  load: 'first load',
  idle: 'nothing new',
  reread: 'unchanged re-read',
  changed: '1 % changed',
  restamp: 'mass re-stamp',
  tool: 'trestle-etl',
  straightforward: 'straightforward',
  infile: 'LOAD DATA INFILE',
  local: 'LOAD DATA LOCAL',
  download: 'fetch and parse only',
  node: 'node -e 0',
};

/** @param {readonly number[]} values */
export function computeSpread(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  const [low = NaN, high = NaN] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return { median: (low + high) / 2, least: sorted[0] ?? NaN, most: sorted.at(-1) ?? NaN };
}

/** Formats one line for each contestant: medians, and the fastest and slowest rounds. @param {readonly Result[]} results */
export function figuresTable(results) {
  const groups = Object.keys(names).flatMap((step) =>
    Object.keys(names).map((way) => results.filter((each) => each.step === step && each.way === way)),
  );
  return formatTable(
    groups.flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { step, way } = first;
      return [{ ' ': names[step], way: names[way], ...formatFigures(group.map(({ figures }) => figures)) }];
    }),
  );
}

/** @param {readonly Figures[]} rounds */
export function formatFigures(rounds) {
  /** @param {(figures: Figures) => number | undefined} of @param {number} [digits] */
  const median = (of, digits = 0) => {
    const values = rounds.map(of).filter((value) => value !== undefined);
    return values.length === 0 ? null : computeSpread(values).median.toFixed(digits);
  };
  const rates = computeSpread(rounds.map(({ rows, wall }) => rows / wall));
  const isRate = rates.median > 0;
  return {
    'rows/s': isRate ? rates.median.toFixed(0) : null,
    'least–most': isRate ? `${rates.least.toFixed(0)}–${rates.most.toFixed(0)}` : null,
    s: median(({ wall }) => wall, 2),
    'CPU s': median(({ cpu }) => cpu, 2),
    'server CPU s': median(({ serverCpu }) => serverCpu, 2),
    'peak MB': median(({ peak }) => (peak === undefined ? undefined : peak / 1e6)),
    requests: median(({ requests }) => requests),
    'wire MB': median(({ wire }) => wire / 1e6, 1),
    'written MB': median(({ written }) => written / 1e6),
  };
}

/** Computes the ratios of the goals, each as the median of its rounds. @param {readonly Result[]} results @returns {Ratio[]} */
export function computeRatios(results) {
  return [
    compareTimes(results, 'load', 'infile', 1),
    compareTimes(results, 'load', 'local', undefined),
    compareTimes(results, 'load', 'straightforward', 4),
    compareTimes(results, 'load', 'download', undefined),
    compareTimes(results, 'reread', 'straightforward', 7),
    compareTimes(results, 'changed', 'straightforward', undefined),
    compareTimes(results, 'restamp', 'straightforward', 4),
    {
      name: `idle sync, start to exit : ${names.node}`,
      goal: '< 2, and its requests',
      isMet: undefined,
      ...computeSpread(pairRounds(results, 'idle', 'node').map(([tool, node]) => tool.wall / node.wall)),
    },
    computePeak(results),
  ];
}

/** @param {readonly Result[]} results @param {Step} step @param {Way} rival @param {number | undefined} goal @returns {Ratio} */
function compareTimes(results, step, rival, goal) {
  const ratios = computeSpread(
    pairRounds(results, step, rival).map(([tool, other]) => other.wall / tool.wall),
  );
  return {
    name: `${names[step]} : ${names[rival]}`,
    goal: goal === undefined ? '' : `≥ ${goal.toFixed(1)}`,
    isMet: goal === undefined ? undefined : ratios.median >= goal,
    ...ratios,
  };
}

/** @param {readonly Result[]} results @returns {Ratio} */
function computePeak(results) {
  const peaks = results
    .filter(({ step, way }) => step === 'load' && way === 'tool')
    .map(({ figures }) => (figures.peak ?? NaN) / 1e6);
  const found = computeSpread(peaks);
  return { name: 'peak memory of a first load, MB', goal: '≤ 300', isMet: found.median <= 300, ...found };
}

/** Pairs the tool's figures of each round with a rival's. @param {readonly Result[]} results @param {Step} step @param {Way} rival */
function pairRounds(results, step, rival) {
  const of = (/** @type {Way} */ way) => results.filter((each) => each.step === step && each.way === way);
  return of('tool').flatMap(({ round, figures }) => {
    const other = of(rival).find((each) => each.round === round);
    return other === undefined ? [] : [/** @type {const} */ ([figures, other.figures])];
  });
}

/** The size that the goals are for: with a smaller feed, half of the time is the start. */
const GOAL_LISTINGS = 20_000;

/** @param {readonly Ratio[]} ratios @param {number} listings */
export function ratiosTable(ratios, listings) {
  const isSmall = listings < GOAL_LISTINGS;
  const rows = formatTable(
    ratios.map(({ name, goal, median, least, most, isMet }) => ({
      'trestle-etl to': name,
      median: short(median),
      'least–most': `${short(least)}–${short(most)}`,
      ...(isSmall ? {} : { goal, ' ': isMet === undefined ? '' : isMet ? 'reached' : 'not reached' }),
    })),
  );
  return isSmall
    ? `${rows}\n\nThe goals are for ${GOAL_LISTINGS} listings. docs/performance.md has the latest results of --quick.`
    : rows;
}

/** @param {number} value */
export function short(value) {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

/** Formats one line for each goal. @param {readonly { name: string, goal: string, value: number, isMet: boolean }[]} goals */
export function goalsTable(goals) {
  return formatTable(
    goals.map(({ name, goal, value, isMet }) => ({
      goal: name,
      wanted: goal,
      measured: value.toFixed(2),
      met: isMet ? 'yes' : 'NO',
    })),
  );
}
