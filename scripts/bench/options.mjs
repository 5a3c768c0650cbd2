import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../lib/project.mjs';
import { ScriptError } from '../lib/run.mjs';

export const usage = `npm run bench -- [options]
  --quick            a small feed and fewer rounds: ratios in about a minute
  --scale            full-loads of 10,000, 50,000 and 200,000 listings, one after the other
  --profile          the time of each function in a full-load, by node --cpu-prof
  --county           county files, from ZIP to published tables, against LOAD DATA INFILE; with --scale: 100,000
                     and 2,000,000 accounts, one after the other
  --accounts <n>     accounts of the county (default 100000; with --quick 5000); with --scale a list: 1000,2000
  --items            CSV files to items, against LOAD DATA INFILE; and 200 feeds that did not change
  --media            media files from a local server, against xargs -P 6 curl
  --serve            requests to serve, against a bare node:http handler with the same statements
  --year             a year of syncs with a simulated clock: rows, bytes, statements and CPU of its days
  --days <n>         days of the year (default 365; with --quick 30)
  --files <n>        media files (default 20000; with --quick 1000), 150 KB each
  --rows <n>         rows of the CSV file (default 1000000; with --quick 10000)
  --listings <n>     listings of the feed (default 20000; with --quick 2000); with --scale a list: 1000,2000
  --rounds <n>       measured rounds (default 5, after a warm-up round; with --quick, --items or --media 3, with --scale 1)
  --server <kind>    mariadb (default) or mysql
  --page-size <n>    records a page (default 1000)
  --out <file>       default bench-results.json
  --no-build         uses dist/ without building it`;

/**
 * @typedef {object} Options
 * @property {'race' | 'scale' | 'profile' | 'county' | 'county-scale' | 'items' | 'media' | 'serve' | 'year'} kind
 * @property {boolean} help
 * @property {number[]} listings
 * @property {number[]} accounts
 * @property {number} files
 * @property {number} rows
 * @property {number} days
 * @property {number} rounds
 * @property {number} pageSize
 * @property {'mariadb' | 'mysql'} server
 * @property {boolean} isWarm whether an extra round before the others is not counted
 * @property {string} out
 * @property {boolean} build
 */

/** @param {string[]} args @returns {Options} */
export function readOptions(args) {
  const { values } = parse(args);
  const { quick = false, scale = false, items = false, media = false, serve = false, year = false } = values;
  const lists =
    values.listings ??
    (scale ? '10000,50000,200000' : quick ? '2000' : serve ? '200000' : year ? '100000' : '20000');
  const accounts = values.accounts ?? (scale ? '100000,2000000' : quick ? '5000' : '100000');
  const server = values.server ?? 'mariadb';
  if (server !== 'mariadb' && server !== 'mysql')
    throw new ScriptError(`--server is mariadb or mysql\n\n${usage}`, 2);
  return {
    kind: chooseKind(values),
    help: values.help ?? false,
    listings: lists.split(',').map((text) => parseWhole('--listings', text, 10)),
    accounts: accounts.split(',').map((text) => parseWhole('--accounts', text, 10)),
    files: parseWhole('--files', values.files ?? (quick ? '1000' : '20000'), 1),
    rows: parseWhole('--rows', values.rows ?? (quick ? '10000' : '1000000'), 10),
    days: parseWhole('--days', values.days ?? (quick ? '30' : '365'), 2),
    rounds: parseWhole(
      '--rounds',
      values.rounds ?? (scale ? '1' : quick || items || media || serve ? '3' : '5'),
      1,
    ),
    pageSize: parseWhole('--page-size', values['page-size'] ?? '1000', 1),
    server,
    isWarm: !quick,
    out: values.out ?? join(root, 'bench-results.json'),
    build: values['no-build'] !== true,
  };
}

/** @param {ReturnType<typeof parse>['values']} values @returns {Options['kind']} */
function chooseKind({
  county = false,
  items = false,
  media = false,
  serve = false,
  scale = false,
  profile = false,
  year = false,
}) {
  if (year) return 'year';
  if (serve) return 'serve';
  if (media) return 'media';
  if (items) return 'items';
  if (county) return scale ? 'county-scale' : 'county';
  return scale ? 'scale' : profile ? 'profile' : 'race';
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean' },
        scale: { type: 'boolean' },
        profile: { type: 'boolean' },
        county: { type: 'boolean' },
        items: { type: 'boolean' },
        media: { type: 'boolean' },
        serve: { type: 'boolean' },
        year: { type: 'boolean' },
        days: { type: 'string' },
        files: { type: 'string' },
        rows: { type: 'string' },
        accounts: { type: 'string' },
        listings: { type: 'string' },
        rounds: { type: 'string' },
        server: { type: 'string' },
        'page-size': { type: 'string' },
        out: { type: 'string' },
        'no-build': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new ScriptError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`, 2);
  }
}

/** @param {string} name @param {string} text @param {number} min */
function parseWhole(name, text, min) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min) return value;
  throw new ScriptError(`${name} takes a whole number of at least ${min}, not "${text}"\n\n${usage}`, 2);
}
