import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeFolder, root } from './project.mjs';
import { run, ScriptError, start, tail } from './run.mjs';

const main = join(root, 'dist/main.js');

/**
 * Prints a command of the tool and runs it.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
export async function trestleEtl(args, env) {
  console.log(`$ trestle-etl ${args.join(' ')}`);
  const code = await run(process.execPath, [main, ...args], { cwd: makeFolder('.local/demo'), env });
  if (code !== 0) throw new ScriptError(`trestle-etl ${args.join(' ')} ended with exit code ${code}`, code);
}

/** @typedef {{ url: string, countyUrl: string, itemsUrl: string }} Addresses of the feed, of the appraisal district's archives, and of the items */

/**
 * Starts the sandbox on free ports and waits until it has printed its addresses.
 * @param {number} listings
 * @param {number} accounts of the appraisal district
 * @returns {Promise<Addresses & { stop: () => Promise<void> }>}
 */
export async function startSandbox(listings, accounts) {
  const args = ['sandbox', '--listings', String(listings), '--accounts', String(accounts), '--port', '0'];
  console.log(`$ trestle-etl ${args.join(' ')} &`);
  const logFile = join(makeFolder('.local/demo'), 'sandbox.log');
  const { child, exit, stop } = start(process.execPath, [main, ...args], {
    cwd: makeFolder('.local/demo'),
    env: withoutSettings(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = createWriteStream(logFile);
  child.stdout?.pipe(out, { end: false });
  child.stderr?.pipe(out, { end: false });
  const addresses = await Promise.race([
    readAddresses(child.stdout),
    exit.then(() => undefined),
    waitAtMost(30_000),
  ]);
  if (addresses !== undefined) {
    console.log(`Trestle sandbox at ${addresses.url}`);
    return { ...addresses, stop };
  }
  await stop();
  await new Promise((resolve) => out.end(() => resolve(undefined)));
  throw new ScriptError(`The sandbox did not start:\n${tail(logFile)}\n(its output: ${logFile})`);
}

/**
 * @param {import('node:stream').Readable | null} output
 * @returns {Promise<Addresses>}
 */
function readAddresses(output) {
  return new Promise((resolve) => {
    if (output === null) return;
    const found = { url: '', countyUrl: '', itemsUrl: '' };
    createInterface({ input: output }).on('line', (line) => {
      found.url = /Trestle sandbox at (http:\S+)/.exec(line)?.[1] ?? found.url;
      found.countyUrl = /Appraisal district at (http:\S+)/.exec(line)?.[1] ?? found.countyUrl;
      found.itemsUrl = /APIs, CSV files and feeds at (http:\S+)/.exec(line)?.[1] ?? found.itemsUrl;
      if (Object.values(found).every((address) => address !== '')) resolve(found);
    });
  });
}

/**
 * Writes a sources.yaml for the appraisal district of the sandbox.
 * @param {string} countyUrl
 * @returns {string} the path of the file
 */
export function writeSources(countyUrl) {
  const text = `sources:\n${describeCounty(countyUrl)}`;
  console.log(`$ cat sources.yaml\n${text}`);
  return writeFile('sources.yaml', text);
}

/** @param {string} url of the appraisal district's archives */
function describeCounty(url) {
  return `  hcad:
    type: county
    layout: hcad
    year: 2026
    url: ${url}
    tables: [real_acct, building_res, fixtures]
`;
}

/**
 * Writes examples/sources.yaml with the address of the sandbox.
 * @param {string} itemsUrl
 * @returns {string} the path of the file
 */
export function writeExampleSources(itemsUrl) {
  const text = readFileSync(join(root, 'examples/sources.yaml'), 'utf8');
  console.log(`$ sed 's#http://127.0.0.1:8082#${itemsUrl}#' examples/sources.yaml > items.yaml`);
  return writeFile('items.yaml', text.replaceAll('http://127.0.0.1:8082', itemsUrl));
}

/**
 * Writes a sources.yaml with the sources of the demo's other two.
 * @param {string} countyUrl
 * @param {string} itemsUrl
 * @returns {string} the path of the file
 */
export function writeAllSources(countyUrl, itemsUrl) {
  const items = readFileSync(join(root, 'examples/sources.yaml'), 'utf8').replaceAll(
    'http://127.0.0.1:8082',
    itemsUrl,
  );
  return writeFile('all-sources.yaml', `${items}\n${describeCounty(countyUrl)}`);
}

/** Starts the server of the dashboard on a free port. @param {NodeJS.ProcessEnv} env */
export async function startServe(env) {
  console.log('$ trestle-etl serve &');
  const { child, exit, stop } = start(process.execPath, [main, 'serve'], {
    cwd: makeFolder('.local/demo'),
    env: { ...env, SERVE_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await Promise.race([readServeAddress(child.stdout), exit.then(() => undefined)]);
  if (url === undefined) throw new ScriptError('trestle-etl serve did not start');
  return { url, exit, stop };
}

/** @param {import('node:stream').Readable | null} output @returns {Promise<string>} */
function readServeAddress(output) {
  return new Promise((resolve) => {
    if (output === null) return;
    createInterface({ input: output }).on('line', (line) => {
      const [url] = /http:\S+/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
}

/** @param {string} name @param {string} text */
function writeFile(name, text) {
  const file = join(makeFolder('.local/demo'), name);
  writeFileSync(file, text);
  return file;
}

/**
 * @param {number} ms
 * @returns {Promise<undefined>}
 */
function waitAtMost(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms, undefined).unref();
  });
}

/**
 * Returns the settings for the sandbox, without any other settings of the user.
 * @param {import('./database.d.mts').Database} database
 * @param {string} name
 * @param {string} url
 * @returns {NodeJS.ProcessEnv}
 */
export function demoEnvironment(database, name, url) {
  return {
    ...withoutSettings(),
    TRESTLE_API_BASE_URL: url,
    TRESTLE_CLIENT_ID: 'sandbox-client',
    TRESTLE_CLIENT_SECRET: 'sandbox-secret',
    SANDBOX_KEY: 'sandbox-key',
    MYSQL_HOST: database.host,
    MYSQL_PORT: String(database.port),
    MYSQL_DATABASE: name,
    MYSQL_USER: database.user,
    MYSQL_PASSWORD: database.password,
    ...(database.given && database.socket ? { MYSQL_SOCKET: database.socket } : {}),
    STATE_DIR: makeFolder('.local/demo/state'),
    LOG_DIR: makeFolder('.local/demo/logs'),
  };
}

const SETTINGS =
  /^(TRESTLE|MYSQL|LOG|PROPERTY|MEDIA|SERVE)_|^(RESOURCES|PAGE_SIZE|BATCH_SIZE|MAX_RETRIES|INCREMENTAL_FIELD|SYNC_OVERLAP|REQUEST_TIMEOUT|RETRY_DEADLINE|QUOTA_\w+|RECONCILE_\w+|STATE_DIR|PAYLOAD|SOURCES_FILE)$/;

function withoutSettings() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !SETTINGS.test(name)));
}
