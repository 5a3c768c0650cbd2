import { measure, measureTime } from '../measure.mjs';
import { createEmptyDatabase, loadFiles } from '../tables.mjs';
import { COUNTY_TABLES } from './archives.mjs';
import { checkCountyRows, countCountyRows, createCountyTable, exportCountyFile } from './tables.mjs';
import { runCountyTool, runStraightforwardCounty } from './ways.mjs';

/**
 * @typedef {import('../measure.mjs').BenchContext} BenchContext
 * @typedef {import('../measure.mjs').Figures} Figures
 * @typedef {import('../measure.mjs').Taken} Taken
 * @typedef {import('./archives.mjs').CountyTable} CountyTable
 * @typedef {'tool' | 'insert' | 'infile' | 'straightforward' | 'again'} CountyWay
 * @typedef {{ table: CountyTable, way: CountyWay, round: number, figures: Figures }} CountyResult
 * @typedef {{ database: string, ready: () => Promise<void>, run: () => Promise<Taken> }} Contestant
 */

const databases = { model: 'bench_model', tool: 'bench_tool', other: 'bench_other' };

/**
 * Runs all contestants on each table in turn, `rounds` times, in the opposite order every other round.
 * @param {BenchContext} context
 * @param {{ archives: string, rounds: number, isWarm: boolean, log: (line: string) => void }} options
 *   archives: the folder that `prepareArchives` returned; isWarm: an extra round before the others that is not counted
 * @returns {Promise<CountyResult[]>}
 */
export async function raceCounty(context, { archives, rounds, isWarm, log }) {
  /** @type {CountyResult[]} */
  const results = [];
  for (const table of COUNTY_TABLES) {
    log(`${table}: warming up`);
    await createEmptyDatabase(context, databases.model);
    await runCountyTool(context, databases.model, table, ['sync', 'hcad']);
    const rows = await countCountyRows(context.server, databases.model, table);
    const file = await exportCountyFile(context.server, databases.model, table);
    const contest = { table, rows, ways: listWays(context, table, archives, file) };
    if (isWarm) await raceOnce(context, contest, 0);
    for (let round = 1; round <= rounds; round += 1) {
      log(`${table}: round ${round} of ${rounds}`);
      results.push(...(await raceOnce(context, contest, round)));
    }
  }
  return results;
}

/**
 * @param {BenchContext} context
 * @param {{ table: CountyTable, rows: number, ways: Record<Exclude<CountyWay, 'again'>, Contestant> }} contest
 * @param {number} round
 */
async function raceOnce(context, { table, rows, ways }, round) {
  /** @type {CountyResult[]} */
  const results = [];
  const inTurn = /** @type {[CountyWay, Contestant][]} */ (Object.entries(ways));
  for (const [way, { database, ready, run }] of round % 2 === 0 ? inTurn.toReversed() : inTurn) {
    await ready();
    results.push({ table, way, round, figures: await measure(context, { rows, database, run }) });
    await checkCountyRows(context.server, database, table, rows);
    if (way !== 'tool') continue;
    const again = () => runCountyTool(context, database, table, ['sync', 'hcad']);
    const figures = await measure(context, { rows: 0, database, run: again });
    results.push({ table, way: 'again', round, figures });
  }
  return results;
}

/**
 * @param {BenchContext} context
 * @param {CountyTable} table
 * @param {string} archives
 * @param {Awaited<ReturnType<typeof exportCountyFile>>} file
 */
function listWays(context, table, archives, file) {
  const { server } = context;
  /** @param {'ON' | 'OFF'} local @returns {Contestant} */
  const tool = (local) => ({
    database: databases.tool,
    ready: async () => {
      await createEmptyDatabase(context, databases.tool);
      await server.query(`SET GLOBAL local_infile = ${local}`);
    },
    run: () => runCountyTool(context, databases.tool, table, ['sync', 'hcad']),
  });
  /** @param {() => Promise<Taken>} run @returns {Contestant} */
  const other = (run) => ({
    database: databases.other,
    ready: () => createCountyTable(server, databases.other, databases.model, table),
    run,
  });
  return {
    tool: tool('ON'),
    insert: tool('OFF'),
    infile: other(() => measureTime(() => loadFiles(server, databases.other, [file], 'server'))),
    straightforward: other(() => runStraightforwardCounty(context, databases.other, table, archives)),
  };
}
