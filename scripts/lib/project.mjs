import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, ScriptError } from './run.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** @typedef {Record<string, { version?: string, optional?: boolean }>} Packages */

/** Runs `npm ci` when the installed packages are not those of package-lock.json. */
export async function installModules() {
  if (areModulesCurrent()) return;
  console.log('Installing the node modules of package-lock.json: npm ci');
  await npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Compiles src/ to dist/. */
export async function build() {
  console.log('Building dist/: npm run build');
  await npm(['run', '--silent', 'build']);
}

/** Compiles src/ to dist/ when something in src/ is newer. */
export async function buildIfOlder() {
  const main = join(root, 'dist/main.js');
  const sources = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
  if (existsSync(main) && statSync(main).mtimeMs >= Math.max(...sources.map(newest))) return;
  await build();
}

/** @param {string[]} args */
async function npm(args) {
  const code = await run('npm', args, { cwd: root });
  if (code !== 0) throw new ScriptError(`npm ${args.join(' ')} ended with exit code ${code}`);
}

/**
 * npm notes what it has installed in node_modules/.package-lock.json. Compared by content, as a checkout or a copy
 * changes the times of files.
 */
function areModulesCurrent() {
  const wanted = packagesIn('package-lock.json');
  const installed = packagesIn('node_modules/.package-lock.json');
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
function packagesIn(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

/**
 * The time of the last change in a file or folder of the project.
 * @param {string} name
 * @returns {number}
 */
function newest(name) {
  const path = join(root, name);
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((entry) => newest(join(name, entry))));
}

/** A folder of the project, made when it is missing. @param {string} name */
export function folder(name) {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** @param {string} suite */
export function summaryFile(suite) {
  return join(folder('.local'), `test-${suite}.json`);
}

/** @param {string} suite */
export function forgetSummary(suite) {
  rmSync(summaryFile(suite), { force: true });
}
