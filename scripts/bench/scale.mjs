import { table } from '../lib/demo-sql.mjs';
import { startFeed } from './feed-process.mjs';
import { measure } from './measure.mjs';
import { line } from './report.mjs';
import { checkRows, emptyDatabase } from './tables.mjs';
import { tool } from './ways.mjs';

/**
 * @typedef {import('./measure.mjs').Figures} Figures
 * @typedef {{ listings: number, rounds: Figures[] }} Size
 */

const database = 'bench_scale';

/**
 * First loads of feeds of several sizes: what a row costs, and how much memory is needed, must not depend on the size.
 * @param {Omit<import('./measure.mjs').Place, 'feed'>} place
 * @param {{ listings: readonly number[], rounds: number, log: (line: string) => void }} options
 * @returns {Promise<Size[]>}
 */
export async function scale(place, { listings, rounds, log }) {
  /** @type {Size[]} */
  const sizes = [];
  for (const size of listings) {
    log(`Preparing a feed of ${size} listings`);
    const feed = await startFeed(size);
    const own = { ...place, feed };
    await feed.prepare(['base'], place.pageSize);
    /** @type {Figures[]} */
    const found = [];
    for (let round = 1; round <= rounds; round += 1) {
      log(`Loading ${size} listings, round ${round} of ${rounds}`);
      await emptyDatabase(own, database);
      const run = () => tool(own, database, 'base', ['full-load']);
      found.push(await measure(own, { rows: size, database, run }));
      await checkRows(place.server, database, { rows: size, moved: 0, since: Date.UTC(2025, 0, 1) });
    }
    await feed.stop();
    sizes.push({ listings: size, rounds: found });
  }
  return sizes;
}

/** @param {readonly Size[]} sizes */
export function scaleTable(sizes) {
  return table(
    sizes.map(({ listings, rounds }) => {
      /** @param {(figures: Figures) => number | undefined} of @param {string} unit */
      const each = (of, unit) => ({ [unit]: perThousand(listings, rounds.map(of)) });
      return {
        listings,
        ...line(rounds),
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
