import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, ScriptError } from './run.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** @typedef {Record<string, { version?: string, optional?: boolean }>} Packages */

/** Runs `npm ci` if the installed packages differ from package-lock.json. */
export async function installModules() {
  if (areModulesCurrent()) return;
  console.log('Installing the node modules of package-lock.json: npm ci');
  await npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Compiles src/ to build/ and bundles it to dist/, if something that dist/ is built from is newer. */
export async function buildIfOlder() {
  const main = join(root, 'dist/main.js');
  const sources = ['src', 'scripts/build.mjs', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
  if (existsSync(main) && statSync(main).mtimeMs >= Math.max(...sources.map(newestChange))) return;
  console.log('Building dist/: npm run build');
  await npm(['run', '--silent', 'build']);
}

/** @param {string[]} args */
async function npm(args) {
  const code = await run('npm', args, { cwd: root });
  if (code !== 0) throw new ScriptError(`npm ${args.join(' ')} ended with exit code ${code}`);
}

/**
 * npm records the installed packages in node_modules/.package-lock.json. Compared by content, because a checkout or a copy
 * changes the times of files.
 */
function areModulesCurrent() {
  const wanted = readPackages('package-lock.json');
  const installed = readPackages('node_modules/.package-lock.json');
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    const found = installed[path];
    return found ? found.version === version && existsSync(join(root, path)) : optional === true;
  });
}

/**
 * @param {string} file
 * @returns {Packages}
 */
function readPackages(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

/**
 * Returns the time of the last change in a file or folder of the project.
 * @param {string} name
 * @returns {number}
 */
function newestChange(name) {
  const path = join(root, name);
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((entry) => newestChange(join(name, entry))));
}

/** Creates a folder of the project if it is missing, and returns its path. @param {string} name */
export function makeFolder(name) {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** @param {string} suite */
export function summaryFile(suite) {
  return join(makeFolder('.local'), `test-${suite}.json`);
}

/** @param {string} suite */
export function forgetSummary(suite) {
  rmSync(summaryFile(suite), { force: true });
}
