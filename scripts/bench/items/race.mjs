import { measure, measureTime } from '../measure.mjs';
import { createEmptyDatabase, loadFiles } from '../tables.mjs';
import { checkItems, createItemTables, exportItemFiles } from './tables.mjs';
import { runItemsTool, runStraightforwardItems } from './ways.mjs';

/**
 * @typedef {import('../measure.mjs').BenchContext} BenchContext
 * @typedef {import('../measure.mjs').Figures} Figures
 * @typedef {import('../measure.mjs').Taken} Taken
 * @typedef {'tool' | 'infile' | 'straightforward' | 'again'} ItemsWay
 * @typedef {{ way: ItemsWay, round: number, figures: Figures }} ItemsResult
 * @typedef {{ database: string, ready: () => Promise<void>, run: () => Promise<Taken> }} Contestant
 */

const databases = { model: 'bench_model', tool: 'bench_tool', other: 'bench_other' };

/**
 * Runs all contestants on the file in turn, `rounds` times, in the opposite order every other round.
 * @param {BenchContext} context
 * @param {{ file: string, rows: number, rounds: number, log: (line: string) => void }} options
 * @returns {Promise<ItemsResult[]>}
 */
export async function raceItems(context, { file, rows, rounds, log }) {
  log('CSV: the rows that the tool stores');
  await createEmptyDatabase(context, databases.model);
  await runItemsTool(context, databases.model, file);
  await checkItems(context.server, databases.model, rows);
  const ways = listWays(context, file, await exportItemFiles(context.server, databases.model));
  /** @type {ItemsResult[]} */
  const results = [];
  for (let round = 1; round <= rounds; round += 1) {
    log(`CSV: round ${round} of ${rounds}`);
    const inTurn = /** @type {[Exclude<ItemsWay, 'again'>, Contestant][]} */ (Object.entries(ways));
    for (const [way, { database, ready, run }] of round % 2 === 0 ? inTurn.toReversed() : inTurn) {
      await ready();
      results.push({ way, round, figures: await measure(context, { rows, database, run }) });
      await checkItems(context.server, database, rows);
      if (way !== 'tool') continue;
      const figures = await measure(context, { rows: 0, database, run });
      results.push({ way: 'again', round, figures });
    }
  }
  return results;
}

/**
 * @param {BenchContext} context
 * @param {string} file
 * @param {Awaited<ReturnType<typeof exportItemFiles>>} files
 * @returns {Record<Exclude<ItemsWay, 'again'>, Contestant>}
 */
function listWays(context, file, files) {
  const { server } = context;
  /** @param {() => Promise<Taken>} run @returns {Contestant} */
  const other = (run) => ({
    database: databases.other,
    ready: () => createItemTables(server, databases.other, databases.model),
    run,
  });
  return {
    tool: {
      database: databases.tool,
      ready: () => createEmptyDatabase(context, databases.tool),
      run: () => runItemsTool(context, databases.tool, file),
    },
    infile: other(() => measureTime(() => loadFiles(server, databases.other, files, 'server'))),
    straightforward: other(() => runStraightforwardItems(context, databases.other, file)),
  };
}
