import { startFeedsServer } from '../feed-process.mjs';
import { measure } from '../measure.mjs';
import { createEmptyDatabase } from '../tables.mjs';
import { runFeeds } from './ways.mjs';

/**
 * A sync in which all feeds are unchanged.
 * @typedef {object} FeedsResult
 * @property {number} round
 * @property {import('../measure.mjs').Figures} figures of the sync; requests, wire and feedCpu are those of the feeds' server
 * @property {number} alone seconds of a sync without these feeds
 * @property {number} own seconds that the feeds' server spent on its answers
 * @property {number} connections
 */

export const FEEDS = 200;
const database = 'bench_feeds';

/**
 * Measures syncs of 200 feeds that answer 304, and syncs without them.
 * @param {import('../measure.mjs').BenchContext} context
 * @param {{ rounds: number, log: (line: string) => void }} options
 * @returns {Promise<FeedsResult[]>}
 */
export async function raceFeeds(context, { rounds, log }) {
  const feeds = await startFeedsServer();
  const urls = Array.from({ length: FEEDS }, (_, n) => `${feeds.url}/feed-${n}.xml`);
  const measured = { ...context, feed: feeds };
  log(`${FEEDS} feeds: the first sync`);
  await createEmptyDatabase(context, database);
  await runFeeds(context, database, urls);
  /** @type {FeedsResult[]} */
  const results = [];
  for (let round = 1; round <= rounds; round += 1) {
    log(`${FEEDS} feeds: round ${round} of ${rounds}`);
    const { wall: alone } = await runFeeds(context, database, []);
    const before = await feeds.report();
    const run = () => runFeeds(context, database, urls);
    const figures = await measure(measured, { rows: 0, database, run });
    const after = await feeds.report();
    results.push({
      round,
      figures,
      alone,
      own: (after.own ?? 0) - (before.own ?? 0),
      connections: (after.connections ?? 0) - (before.connections ?? 0),
    });
  }
  await feeds.stop();
  return results;
}
