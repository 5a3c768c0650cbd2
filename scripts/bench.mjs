// npm run bench [-- options]: measures the speed and cost of the tool against its contestants, in the same minutes.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { COUNTY_TABLES, prepareArchives } from './bench/county/archives.mjs';
import { raceCounty } from './bench/county/race.mjs';
import { computeCountyRatios, countyRatiosTable, countyTable } from './bench/county/report.mjs';
import { countyScaleTable, scaleCounty } from './bench/county/scale.mjs';
import { startArchiveServer, startFeed, startPhotoServer } from './bench/feed-process.mjs';
import { raceFeeds } from './bench/items/feeds.mjs';
import { prepareItemsFile } from './bench/items/file.mjs';
import { raceItems } from './bench/items/race.mjs';
import { computeItemsRatios, itemsRatiosTable, itemsTable } from './bench/items/report.mjs';
import { raceMedia } from './bench/media/race.mjs';
import { computeMediaRatios, mediaTable } from './bench/media/report.mjs';
import { measureBeside } from './bench/serve/beside.mjs';
import { raceServe } from './bench/serve/race.mjs';
import { besideTable, computeServeRatios, serveTable } from './bench/serve/report.mjs';
import { makeWorkFolder } from './bench/leftovers.mjs';
import { readOptions, usage } from './bench/options.mjs';
import { profile, profileTable } from './bench/profile.mjs';
import { race } from './bench/race.mjs';
import { goalsTable, figuresTable, computeRatios, ratiosTable } from './bench/report.mjs';
import { scale, scaleTable } from './bench/scale.mjs';
import { startBenchServer } from './bench/server.mjs';
import { replayYear } from './bench/year/replay.mjs';
import { yearTable } from './bench/year/report.mjs';
import { buildIfOlder, installModules } from './lib/project.mjs';
import { runScript } from './lib/run.mjs';

/**
 * @typedef {import('./bench/options.mjs').Options} Options
 * @typedef {Omit<import('./bench/measure.mjs').BenchContext, 'feed'>} OfflineContext
 * @typedef {{ text: string, data: object }} Result
 */

const log = console.log;

const PHOTO_BYTES = 150_000;

/** @satisfies {Record<Options['kind'], (context: OfflineContext, options: Options) => Promise<Result>>} */
const kinds = {
  race: async (context, options) => {
    const { feed, about } = await prepareFeed(options, ['base', 'restamped']);
    const results = await race({ ...context, feed }, { ...options, listings: about.listings, log });
    await feed.stop();
    const ratios = computeRatios(results);
    return {
      text: `${figuresTable(results)}\n\n${ratiosTable(ratios, about.listings)}`,
      data: { feed: about, ratios, results },
    };
  },
  scale: async (context, options) => {
    const sizes = await scale(context, { ...options, log });
    return { text: scaleTable(sizes), data: { sizes } };
  },
  profile: async (context, options) => {
    const { feed, about } = await prepareFeed(options, ['base']);
    const shares = await profile({ ...context, feed });
    await feed.stop();
    return { text: profileTable(shares), data: { feed: about, ...shares } };
  },
  county: async (context, options) => {
    const [accounts = 0] = options.accounts;
    const archives = await prepareArchives(accounts, COUNTY_TABLES, log);
    const feed = await startArchiveServer(archives);
    const results = await raceCounty({ ...context, feed }, { ...options, archives, log });
    await feed.stop();
    const ratios = computeCountyRatios(results);
    return {
      text: `${countyTable(results)}\n\n${countyRatiosTable(ratios, accounts)}`,
      data: { accounts, ratios, results },
    };
  },
  'county-scale': async (context, options) => {
    const sizes = await scaleCounty(context, { ...options, log });
    return { text: countyScaleTable(sizes), data: { sizes } };
  },
  items: async (context, { rows, rounds, pageSize }) => {
    // sync without a name starts with the Trestle feed: a small one.
    const { feed } = await prepareFeed({ listings: [10], pageSize }, ['base']);
    const own = { ...context, feed };
    const file = await prepareItemsFile(rows, log);
    const results = await raceItems(own, { file, rows, rounds, log });
    const feeds = await raceFeeds(own, { rounds, log });
    await feed.stop();
    const ratios = computeItemsRatios(results, feeds);
    return {
      text: `${itemsTable(results, feeds)}\n\n${itemsRatiosTable(ratios, rows)}`,
      data: { rows, ratios, results, feeds },
    };
  },
  media: async (context, { files, rounds }) => {
    const feed = await startPhotoServer(PHOTO_BYTES);
    const results = await raceMedia({ ...context, feed }, { files, rounds, log });
    await feed.stop();
    const ratios = computeMediaRatios(results);
    return {
      text: `${mediaTable(results)}\n\n${goalsTable(ratios)}`,
      data: { files, ratios, results },
    };
  },
  serve: async (context, { listings: [listings = 0], rounds, pageSize }) => {
    const { feed } = await prepareFeed({ listings: [Math.ceil(listings / 20)], pageSize }, ['base']);
    const own = { ...context, feed };
    const results = await raceServe(own, { listings, rounds, log });
    const beside = await measureBeside(own, log);
    await feed.stop();
    const ratios = computeServeRatios(results);
    return {
      text: `${serveTable(results)}\n\n${goalsTable(ratios)}\n\n${besideTable(beside)}`,
      data: { listings, ratios, ...results, beside },
    };
  },
  year: async ({ server, folder }, { listings: [listings = 0], days }) => {
    const year = await replayYear({ server, folder }, { listings, days, log });
    return { text: yearTable(year), data: { listings, ...year } };
  },
};

/** Starts a feed with all pages of these moments in memory. @param {Pick<Options, 'listings' | 'pageSize'>} options @param {readonly string[]} moments */
async function prepareFeed({ listings: [listings = 0], pageSize }, moments) {
  log(`Preparing a feed of ${listings} listings`);
  const feed = await startFeed(listings);
  const { recordBytes } = await feed.prepare(moments, pageSize);
  log(`A listing has ${(recordBytes / 1000).toFixed(1)} KB of JSON`);
  return { feed, about: { listings, recordBytes } };
}

await runScript(async (args) => {
  const options = readOptions(args);
  if (options.help) {
    log(usage);
    return 0;
  }
  await installModules();
  if (options.build) await buildIfOlder();
  const folder = makeWorkFolder();
  const [load = 0] = loadavg();
  const server = await startBenchServer(options.server, log);
  const { text, data } = await kinds[options.kind]({ server, folder, pageSize: options.pageSize }, options);
  await server.stop();
  const about = {
    date: new Date().toISOString(),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB`,
    node: process.version,
    server: `${server.kind} ${server.version}`,
    busy: `load ${load.toFixed(1)} before the start`,
  };
  log(`\n${Object.values(about).join(' · ')}\n\n${text}`);
  writeFileSync(options.out, `${JSON.stringify({ ...about, options, ...data }, null, 1)}\n`);
  log(`\nFull results: ${options.out}`);
  return 0;
});
