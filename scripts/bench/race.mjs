import { begins, market } from './feed/market.mjs';
import { measure, timed } from './measure.mjs';
import { checkRows, emptyDatabase, exportFiles, loadFiles } from './tables.mjs';
import { download, nothing, straightforward, tool } from './ways.mjs';

/**
 * @typedef {import('./measure.mjs').Place} Place
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
 * Every contestant in turn, `rounds` times, every other round in the opposite order.
 * @param {Place} place
 * @param {{ listings: number, rounds: number, isWarm: boolean, log: (line: string) => void }} options isWarm: one more round
 *   before the others, which does not count
 * @returns {Promise<Result[]>}
 */
export async function race(place, { listings, rounds, isWarm, log }) {
  log('Warming up');
  await emptyDatabase(place, databases.tool);
  await tool(place, databases.tool, 'base', ['full-load']);
  const files = await exportFiles(place.server, databases.tool);
  if (isWarm) await raceOnce(place, listings, files, 0);
  /** @type {Result[]} */
  const results = [];
  for (let round = 1; round <= rounds; round += 1) {
    log(`Round ${round} of ${rounds}`);
    results.push(...(await raceOnce(place, listings, files, round)));
  }
  return results;
}

/**
 * @param {Place} place
 * @param {number} listings
 * @param {Awaited<ReturnType<typeof exportFiles>>} files
 * @param {number} round
 */
async function raceOnce(place, listings, files, round) {
  /** @type {Result[]} */
  const results = [];
  for (const name of [databases.tool, databases.straightforward]) await emptyDatabase(place, name);
  for (const { step, rows, moment, ways } of contests(place, listings, files)) {
    const inTurn = /** @type {[Way, Contestant][]} */ (Object.entries(ways));
    for (const [way, { database, ready, run }] of round % 2 === 0 ? inTurn.toReversed() : inTurn) {
      await ready?.();
      const figures = await measure(place, { rows, database, run });
      results.push({ step, way, round, figures });
      if (database === undefined) continue;
      const since = begins[moment];
      await checkRows(place.server, database, { rows: listings, moved: movedIn(moment, listings), since });
    }
  }
  return results;
}

/**
 * What is compared, in the order in which one follows from the other.
 * @param {Place} place
 * @param {number} listings
 * @param {Awaited<ReturnType<typeof exportFiles>>} files
 * @returns {Contest[]}
 */
function contests(place, listings, files) {
  /** @param {Moment} moment @param {'full-load' | 'sync'} command @returns {Contest['ways']} */
  const both = (moment, command) => ({
    tool: { database: databases.tool, run: () => tool(place, databases.tool, moment, [command]) },
    straightforward: {
      database: databases.straightforward,
      run: () =>
        straightforward(place, databases.straightforward, moment, command === 'sync' ? 'since' : 'load'),
    },
  });
  /** @param {'server' | 'client'} from @returns {Contestant} */
  const file = (from) => ({
    database: databases.file,
    ready: () => emptyDatabase(place, databases.file),
    run: () => timed(() => loadFiles(place.server, databases.file, files, from)),
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
        download: { run: () => download(place, databases.file, 'base', listings) },
      },
    },
    {
      step: 'idle',
      rows: 0,
      moment: 'base',
      ways: { ...both('base', 'sync'), node: { run: () => nothing(place) } },
    },
    { step: 'reread', rows: listings, moment: 'base', ways: both('base', 'full-load') },
    { step: 'changed', rows: movedIn('changed', listings), moment: 'changed', ways: both('changed', 'sync') },
    { step: 'restamp', rows: listings, moment: 'restamped', ways: both('restamped', 'sync') },
  ];
}

/** Listings whose timestamp is that of the moment and not of the one before. @param {Moment} moment @param {number} listings */
function movedIn(moment, listings) {
  return market(moment, listings).filter(({ time }) => time >= begins[moment]).length;
}
