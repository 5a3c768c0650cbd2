import { MOMENT_STARTS, listEntries } from './feed/market.mjs';
import { measure, measureTime } from './measure.mjs';
import { checkRows, createEmptyDatabase, exportFiles, loadFiles } from './tables.mjs';
import { runDownload, runNothing, runStraightforward, runTool } from './ways.mjs';

/**
 * @typedef {import('./measure.mjs').BenchContext} BenchContext
 * @typedef {import('./measure.mjs').Figures} Figures
 * @typedef {import('./measure.mjs').Taken} Taken
 * @typedef {'tool' | 'straightforward' | 'infile' | 'local' | 'download' | 'node'} Way
 * @typedef {'load' | 'idle' | 'reread' | 'changed' | 'restamp'} Step
 * @typedef {{ step: Step, way: Way, round: number, figures: Figures }} Result
 * @typedef {import('./feed/market.mjs').Moment} Moment
 * @typedef {{ database?: string, ready?: () => Promise<void>, run: () => Promise<Taken> }} Contestant
 * @typedef {{ step: Step, rows: number, moment: Moment, ways: Partial<Record<Way, Contestant>> }} Contest
 */

const databases = { tool: 'bench_tool', straightforward: 'bench_straightforward', file: 'bench_file' };

/**
 * Runs all contestants in turn, `rounds` times, in the opposite order every other round.
 * @param {BenchContext} context
 * @param {{ listings: number, rounds: number, isWarm: boolean, log: (line: string) => void }} options isWarm: an extra round
 *   before the others that is not counted
 * @returns {Promise<Result[]>}
 */
export async function race(context, { listings, rounds, isWarm, log }) {
  log('Warming up');
  await createEmptyDatabase(context, databases.tool);
  await runTool(context, databases.tool, 'base', ['full-load']);
  const files = await exportFiles(context.server, databases.tool);
  if (isWarm) await raceOnce(context, listings, files, 0);
  /** @type {Result[]} */
  const results = [];
  for (let round = 1; round <= rounds; round += 1) {
    log(`Round ${round} of ${rounds}`);
    results.push(...(await raceOnce(context, listings, files, round)));
  }
  return results;
}

/**
 * @param {BenchContext} context
 * @param {number} listings
 * @param {Awaited<ReturnType<typeof exportFiles>>} files
 * @param {number} round
 */
async function raceOnce(context, listings, files, round) {
  /** @type {Result[]} */
  const results = [];
  for (const name of [databases.tool, databases.straightforward]) await createEmptyDatabase(context, name);
  for (const { step, rows, moment, ways } of listContests(context, listings, files)) {
    const inTurn = /** @type {[Way, Contestant][]} */ (Object.entries(ways));
    for (const [way, { database, ready, run }] of round % 2 === 0 ? inTurn.toReversed() : inTurn) {
      await ready?.();
      const figures = await measure(context, { rows, database, run });
      results.push({ step, way, round, figures });
      if (database === undefined) continue;
      const since = MOMENT_STARTS[moment];
      await checkRows(context.server, database, {
        rows: listings,
        moved: countMoved(moment, listings),
        since,
      });
    }
  }
  return results;
}

/**
 * Lists the contests, in the order in which each needs the result of the previous one.
 * @param {BenchContext} context
 * @param {number} listings
 * @param {Awaited<ReturnType<typeof exportFiles>>} files
 * @returns {Contest[]}
 */
function listContests(context, listings, files) {
  /** @param {Moment} moment @param {'full-load' | 'sync'} command @returns {Contest['ways']} */
  const both = (moment, command) => ({
    tool: { database: databases.tool, run: () => runTool(context, databases.tool, moment, [command]) },
    straightforward: {
      database: databases.straightforward,
      run: () =>
        runStraightforward(context, databases.straightforward, moment, command === 'sync' ? 'since' : 'load'),
    },
  });
  /** @param {'server' | 'client'} from @returns {Contestant} */
  const file = (from) => ({
    database: databases.file,
    ready: () => createEmptyDatabase(context, databases.file),
    run: () => measureTime(() => loadFiles(context.server, databases.file, files, from)),
  });
  return [
    {
      step: 'load',
      rows: listings,
      moment: 'base',
      ways: {
        ...both('base', 'full-load'),
        infile: file('server'),
        local: file('client'),
        download: { run: () => runDownload(context, databases.file, 'base', listings) },
      },
    },
    {
      step: 'idle',
      rows: 0,
      moment: 'base',
      ways: { ...both('base', 'sync'), node: { run: () => runNothing(context) } },
    },
    { step: 'reread', rows: listings, moment: 'base', ways: both('base', 'full-load') },
    {
      step: 'changed',
      rows: countMoved('changed', listings),
      moment: 'changed',
      ways: both('changed', 'sync'),
    },
    { step: 'restamp', rows: listings, moment: 'restamped', ways: both('restamped', 'sync') },
  ];
}

/** Counts the listings with a timestamp of this moment, not of the previous one. @param {Moment} moment @param {number} listings */
function countMoved(moment, listings) {
  return listEntries(moment, listings).filter(({ time }) => time >= MOMENT_STARTS[moment]).length;
}
