import { formatTable } from '../lib/demo-sql.mjs';
import { startFeed } from './feed-process.mjs';
import { measure } from './measure.mjs';
import { formatFigures } from './report.mjs';
import { checkRows, createEmptyDatabase } from './tables.mjs';
import { runTool } from './ways.mjs';

/**
 * @typedef {import('./measure.mjs').Figures} Figures
 * @typedef {{ listings: number, rounds: Figures[] }} Size
 */

const database = 'bench_scale';

/**
 * Measures first loads of several sizes: the cost of a row, and the memory, must not depend on the size.
 * @param {Omit<import('./measure.mjs').BenchContext, 'feed'>} context
 * @param {{ listings: readonly number[], rounds: number, log: (line: string) => void }} options
 * @returns {Promise<Size[]>}
 */
export async function scale(context, { listings, rounds, log }) {
  /** @type {Size[]} */
  const sizes = [];
  for (const size of listings) {
    log(`Preparing a feed of ${size} listings`);
    const feed = await startFeed(size);
    const own = { ...context, feed };
    await feed.prepare(['base'], context.pageSize);
    /** @type {Figures[]} */
    const found = [];
    for (let round = 1; round <= rounds; round += 1) {
      log(`Loading ${size} listings, round ${round} of ${rounds}`);
      await createEmptyDatabase(own, database);
      const run = () => runTool(own, database, 'base', ['full-load']);
      found.push(await measure(own, { rows: size, database, run }));
      await checkRows(context.server, database, { rows: size, moved: 0, since: Date.UTC(2025, 0, 1) });
    }
    await feed.stop();
    sizes.push({ listings: size, rounds: found });
  }
  return sizes;
}

/** @param {readonly Size[]} sizes */
export function scaleTable(sizes) {
  return formatTable(
    sizes.map(({ listings, rounds }) => {
      /** @param {(figures: Figures) => number | undefined} of @param {string} unit */
      const each = (of, unit) => ({ [unit]: perThousand(listings, rounds.map(of)) });
      return {
        listings,
        ...formatFigures(rounds),
        ...each(({ cpu }) => cpu, 'CPU ms/row'),
        ...each(({ serverCpu }) => serverCpu, 'server CPU ms/row'),
      };
    }),
  );
}

/** @param {number} listings @param {readonly (number | undefined)[]} seconds */
function perThousand(listings, seconds) {
  const known = seconds.filter((value) => value !== undefined);
  if (known.length === 0) return null;
  return ((known.reduce((sum, value) => sum + value, 0) / known.length / listings) * 1000).toFixed(3);
}
