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
 * @typedef {{ step: Step, rows: number, moment: import('./feed/market.mjs').Moment, ways: Partial<Record<Way, () => Promise<Taken>>> }} Contest
 */

const databases = { tool: 'bench_tool', straightforward: 'bench_straightforward', file: 'bench_file' };

/**
 * Every contestant once to warm up, then `rounds` times, in turn and every other round in the opposite order.
 * @param {Place} place
 * @param {{ listings: number, rounds: number, log: (line: string) => void }} options
 * @returns {Promise<Result[]>}
 */
export async function race(place, { listings, rounds, log }) {
  await emptyDatabase(place, databases.tool);
  await tool(place, databases.tool, 'base', ['full-load']);
  const files = await exportFiles(place.server, databases.tool);
  /** @type {Result[]} */
  const results = [];
  for (let round = 0; round <= rounds; round += 1) {
    log(round === 0 ? 'Warming up' : `Round ${round} of ${rounds}`);
    const found = await raceOnce(place, listings, files, round);
    if (round > 0) results.push(...found);
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
  for (const name of Object.values(databases)) await emptyDatabase(place, name);
  for (const contest of contests(place, listings, files)) {
    const ways = /** @type {[Way, () => Promise<Taken>][]} */ (Object.entries(contest.ways));
    for (const [way, work] of round % 2 === 0 ? ways.toReversed() : ways) {
      const figures = await measure(place, contest.rows, work);
      results.push({ step: contest.step, way, round, figures });
      await check(place, contest, way, listings);
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
  const { server } = place;
  const changed = movedIn('changed', listings);
  /** @param {import('./feed/market.mjs').Moment} moment @param {string} command @returns {Contest['ways']} */
  const both = (moment, command) => ({
    tool: () => tool(place, databases.tool, moment, [command]),
    straightforward: () =>
      straightforward(place, databases.straightforward, moment, command === 'sync' ? 'since' : 'load'),
  });
  const file = (/** @type {'server' | 'client'} */ from) => async () => {
    await emptyDatabase(place, databases.file);
    return timed(() => loadFiles(server, databases.file, files, from));
  };
  return [
    {
      step: 'load',
      rows: listings,
      moment: 'base',
      ways: {
        ...both('base', 'full-load'),
        infile: file('server'),
        local: file('client'),
        download: () => download(place, databases.file, 'base'),
      },
    },
    { step: 'idle', rows: 0, moment: 'base', ways: { ...both('base', 'sync'), node: () => nothing(place) } },
    { step: 'reread', rows: listings, moment: 'base', ways: both('base', 'full-load') },
    { step: 'changed', rows: changed, moment: 'changed', ways: both('changed', 'sync') },
    { step: 'restamp', rows: listings, moment: 'restamped', ways: both('restamped', 'sync') },
  ];
}

/** Listings whose timestamp is that of the moment and not of the one before. @param {import('./feed/market.mjs').Moment} moment @param {number} listings */
function movedIn(moment, listings) {
  const since = begins[moment];
  return market(moment, listings).filter(({ time }) => time >= since).length;
}

/**
 * @param {Place} place
 * @param {Contest} contest
 * @param {Way} way
 * @param {number} listings
 */
async function check({ server }, { moment }, way, listings) {
  if (way === 'download' || way === 'node') return;
  const name = way === 'tool' || way === 'straightforward' ? databases[way] : databases.file;
  await checkRows(server, name, { rows: listings, moved: movedIn(moment, listings), since: begins[moment] });
}
