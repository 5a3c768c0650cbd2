import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../lib/project.mjs';
import { ScriptError } from '../../lib/run.mjs';
import { startObedient } from '../obedient.mjs';
import { readSizes, setModified } from './sizes.mjs';

/**
 * @typedef {import('../server.mjs').Server} Server
 * @typedef {{ code: number, stderr: string, cpu: number, wall: number }} Run
 * @typedef {{ requests: number, listings: number, media: number }} Feed
 * @typedef {{ day: number, runs: number, cpu: number, serverCpu: number, statements: number, requests: number, wall: number }} Day
 * @typedef {{ day: number, sizes: import('./sizes.mjs').Sizes, listings: number }} Inventory
 * @typedef {{ days: Day[], inventories: Inventory[], parity: number }} Year
 */

const DAY_MS = 86_400_000;
const HOUR_MS = DAY_MS / 24;

/** All records of a new sandbox are older. */
const START = Date.UTC(2026, 2, 21);

/** When the feed is synchronized each day, in hours; the last one is a reconcile on each Sunday. */
const HOURS = [6, 10, 14, 18];

/** Shorter than the year, so that what is removed, and what is not, shows within it. */
const RETENTION_DAYS = 60;

const DATABASE = 'bench_year';

/** Not root: `init_connect` does not apply to it. */
const USER = 'bench_year';

/**
 * Replays days of a feed with a simulated clock: new, changed and removed listings, photos, several syncs a day and a reconcile a
 * week. A day's market is a share of the feed, and the feed keeps its size.
 * @param {{ server: Server, folder: string }} context
 * @param {{ listings: number, days: number, log: (line: string) => void }} options
 * @returns {Promise<Year>}
 */
export async function replayYear({ server, folder }, { listings, days, log }) {
  await createDatabase(server);
  const feed = await startObedient('year-feed.mjs', [
    String(listings),
    join(root, 'build/sandbox/trestle/index.js'),
    String(START),
  ]);
  const tool = await startObedient('year-tool.mjs', [join(root, 'dist/chunks/cli.js')]);
  const env = createEnvironment(server, folder, feed.first);
  /** @param {string[]} args @param {number} now */
  const run = async (args, now) => {
    await setServerClock(server, now);
    const done = /** @type {Run} */ (await tool.send({ args, now, folder, env }));
    if (done.code !== 0) throw new ScriptError(`${args.join(' ')} ended with ${done.code}: ${done.stderr}`);
    setModified(folder, now);
    return done;
  };
  log(`Loading ${listings} listings`);
  await run(['full-load'], START);
  /** @type {Day[]} */
  const measured = [];
  /** @type {Inventory[]} */
  const inventories = [];
  for (let day = 1; day <= days; day += 1) {
    const before = await readCounters(server);
    /** @type {Run[]} */
    const runs = [];
    let requests = 0;
    let stored = 0;
    for (const [nth, hour] of HOURS.entries()) {
      const now = START + day * DAY_MS + hour * HOUR_MS;
      const market = computeMarket(listings, day * HOURS.length + nth);
      const state = /** @type {Feed} */ (await feed.send({ now, ...market }));
      runs.push(await run([day % 7 === 0 && hour === HOURS.at(-1) ? 'reconcile' : 'sync'], now + 60_000));
      const after = /** @type {Feed} */ (await feed.send({ now, ...NO_CHANGES }));
      requests += after.requests;
      stored = state.listings;
    }
    const after = await readCounters(server);
    measured.push({
      day,
      runs: runs.length,
      cpu: sum(runs.map(({ cpu }) => cpu)),
      wall: sum(runs.map(({ wall }) => wall)),
      serverCpu: after.cpu - before.cpu,
      statements: after.statements - before.statements,
      requests,
    });
    if (day % 30 === 0 || day === 1 || day === days) {
      const sizes = await readSizes(server, DATABASE, folder);
      inventories.push({ day, listings: stored, sizes });
      const { properties, etl_sync_log: logged } = sizes.rows;
      log(`Day ${day} of ${days}: ${properties} listings, ${logged} runs`);
    }
  }
  log('Comparing every record with the feed');
  const end = START + (days + 1) * DAY_MS;
  await run(['sync'], end);
  await run(['reconcile'], end + HOUR_MS);
  const parity = (await run(['verify'], end + 2 * HOUR_MS)).code;
  await tool.stop();
  await feed.stop();
  return { days: measured, inventories, parity };
}

/** @param {Server} server */
async function createDatabase(server) {
  await server.query(
    `DROP DATABASE IF EXISTS ${DATABASE}; CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4;
    CREATE USER ${USER}@'127.0.0.1'; GRANT ALL ON ${DATABASE}.* TO ${USER}@'127.0.0.1'`,
  );
}

/** The tool purges nothing while its clock and the server's differ. @param {Server} server @param {number} now */
async function setServerClock(server, now) {
  await server.query(`SET GLOBAL init_connect = 'SET timestamp = ${Math.trunc(now / 1000)}'`);
}

const NO_CHANGES = { added: 0, changed: 0, photos: 0, photosOnly: 0, removed: 0 };

/**
 * What changes before one of the day's syncs: in a day 0.3 % of the listings are new and as many are removed, 2 % change, 0.4 % get
 * other photos, half of them without a new timestamp.
 * @param {number} listings @param {number} nth
 */
function computeMarket(listings, nth) {
  /** Spreads a share that is no whole number over the syncs. @param {number} share of the feed in a day */
  const part = (share) => {
    const each = (listings * share) / HOURS.length;
    return Math.floor(each * (nth + 1)) - Math.floor(each * nth);
  };
  const exchanged = part(0.003);
  return {
    added: exchanged,
    removed: exchanged,
    changed: part(0.02),
    photos: part(0.002),
    photosOnly: part(0.002),
  };
}

/** @param {Server} server */
async function readCounters(server) {
  const [row] = await server.query("SHOW GLOBAL STATUS LIKE 'Questions'");
  return { statements: Number(row?.['Value']), cpu: server.cpu() ?? Number.NaN };
}

/** @param {readonly number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** @param {Server} server @param {string} folder @param {object} feed */
function createEnvironment(server, folder, feed) {
  const { url, clientId, clientSecret } = /** @type {Record<string, string>} */ (feed);
  for (const name of ['state', 'logs']) mkdirSync(join(folder, name), { recursive: true });
  return {
    TRESTLE_API_BASE_URL: url,
    TRESTLE_CLIENT_ID: clientId,
    TRESTLE_CLIENT_SECRET: clientSecret,
    MYSQL_HOST: '127.0.0.1',
    MYSQL_PORT: String(server.port),
    MYSQL_DATABASE: DATABASE,
    MYSQL_USER: USER,
    HISTORY: 'on',
    HISTORY_RETENTION_DAYS: String(RETENTION_DAYS),
    RUN_RETENTION_DAYS: String(RETENTION_DAYS),
    DELETED_RETENTION_DAYS: String(RETENTION_DAYS),
    STATE_DIR: join(folder, 'state'),
    LOG_DIR: join(folder, 'logs'),
  };
}
