import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run, runQuietly, ScriptError } from './run.mjs';
import { aptInstall, canInstall, onPath, useAnother, versionOf } from './find-server.mjs';

/** The exit code that says: the tests did not run, as there is no MySQL to run them on. */
export const notProvisioned = 3;

/** @param {string} why */
export function cannotProvision(why) {
  const message = `The tests did NOT run on a real MySQL: ${why}
Install MySQL 8.4 or newer so that mysqld is on the PATH, or use
${useAnother}`;
  return new ScriptError(message, notProvisioned);
}

const marker = 'trestle-etl-complete';

/**
 * A MySQL of Debian sid in a folder of its own, made by debootstrap where it is missing, to be run by chroot.
 * @param {(line: string) => void} log
 * @returns {Promise<{ server: import('./find-server.mjs').Server, dataDir: string }>}
 */
export async function mysqlOfSid(log) {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'trestle-etl');
  const folder = join(cache, 'mysql-sid');
  if (process.getuid?.() !== 0) throw cannotProvision('chroot and debootstrap need root.');
  if (!existsSync(join(folder, marker))) await makeFolder(cache, folder, log);
  const command = ['chroot', folder, '/usr/sbin/mysqld'];
  const version = versionOf(command);
  if (version === undefined)
    throw cannotProvision(`${folder} holds no mysqld that runs here; delete the folder.`);
  return {
    server: { kind: 'mysqld', version, command, root: folder },
    dataDir: join(folder, 'trestle-etl/db'),
  };
}

/**
 * @param {string} cache
 * @param {string} folder
 * @param {(line: string) => void} log
 */
async function makeFolder(cache, folder, log) {
  const logFile = join(cache, 'mysql-sid.log');
  mkdirSync(cache, { recursive: true });
  await removeLeftovers(cache);
  if (onPath('debootstrap') === undefined) await installDebootstrap(logFile, log);
  log(`Making a Debian sid with MySQL in ${folder}, once, in about a minute (its output: ${logFile})`);
  // Under another name until it is whole: two at once don't meet, and nobody uses a half-made one.
  const draft = `${folder}.draft-${process.pid}`;
  const packages = '--include=mysql-server-core,mysql-client-core';
  try {
    await runQuietly('debootstrap', ['--variant=minbase', packages, 'sid', draft], { logFile });
    rmSync(join(draft, 'var/cache/apt/archives'), { recursive: true, force: true });
    writeFileSync(join(draft, marker), `${new Date().toISOString()}\n`);
    if (!existsSync(folder)) renameSync(draft, folder);
  } catch (error) {
    throw cannotProvision(`debootstrap failed.\n${error instanceof Error ? error.message : String(error)}\n`);
  } finally {
    await removeTree(draft);
  }
}

/**
 * @param {string} logFile
 * @param {(line: string) => void} log
 */
async function installDebootstrap(logFile, log) {
  if (!canInstall()) throw cannotProvision('debootstrap is not installed, and this is not Debian or Ubuntu.');
  try {
    await aptInstall(['debootstrap', 'debian-archive-keyring'], { logFile, log });
  } catch (error) {
    throw cannotProvision(
      `debootstrap can't be installed.\n${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
}

/**
 * Removes what an interrupted or killed run has left: drafts of processes that are gone, a folder without its marker.
 * @param {string} cache
 */
async function removeLeftovers(cache) {
  for (const name of readdirSync(cache)) {
    const pid = /^mysql-sid\.draft-(\d+)$/.exec(name)?.[1];
    const left = pid === undefined ? name === 'mysql-sid' : !existsSync(`/proc/${pid}`);
    if (left) await removeTree(join(cache, name));
  }
}

/**
 * Debootstrap mounts /proc in the folder while it works: a killed one leaves it there, and it must not be deleted into.
 * @param {string} path
 */
async function removeTree(path) {
  if (!existsSync(path)) return;
  for (const mount of mountsUnder(path)) await run('umount', ['--lazy', mount]);
  if (mountsUnder(path).length > 0) throw cannotProvision(`${path} has mounts that can't be removed.`);
  rmSync(path, { recursive: true, force: true });
}

/** @param {string} path */
function mountsUnder(path) {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const points = mounts.map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '));
  return points.filter((point) => point.startsWith(`${path}/`)).toReversed();
}
