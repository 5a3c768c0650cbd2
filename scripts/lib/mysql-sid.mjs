import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run, runQuietly, ScriptError } from './run.mjs';
import { aptInstall, canInstall, findOnPath, useAnotherServer, readVersion } from './find-server.mjs';

/** The exit code if the tests did not run because there is no MySQL. */
export const NOT_PROVISIONED = 3;

/** @param {string} why */
export function provisionError(why) {
  const message = `The tests did NOT run on a real MySQL: ${why}
Install MySQL 8.4 or newer so that mysqld is on the PATH, or use
${useAnotherServer}`;
  return new ScriptError(message, NOT_PROVISIONED);
}

const MARKER = 'trestle-etl-complete';

/**
 * Provides a MySQL of Debian sid in a separate folder, to run by chroot. If it is missing, debootstrap creates it.
 * @param {(line: string) => void} log
 * @returns {Promise<{ server: import('./find-server.mjs').Server, dataDir: string }>}
 */
export async function provideSidMysql(log) {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'trestle-etl');
  const folder = join(cache, 'mysql-sid');
  if (process.getuid?.() !== 0) throw provisionError('chroot and debootstrap need root.');
  if (!existsSync(join(folder, MARKER))) await makeFolder(cache, folder, log);
  const command = ['chroot', folder, '/usr/sbin/mysqld'];
  const version = readVersion(command);
  if (version === undefined)
    throw provisionError(`${folder} has no mysqld that runs on this machine; delete the folder.`);
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
  if (findOnPath('debootstrap') === undefined) await installDebootstrap(logFile, log);
  log(`Creating a Debian sid with MySQL in ${folder}, once; takes about a minute (output: ${logFile})`);
  // Renamed when complete: two processes do not collide, and none uses an incomplete one.
  const draft = `${folder}.draft-${process.pid}`;
  const packages = '--include=mysql-server-core,mysql-client-core';
  try {
    await runQuietly('debootstrap', ['--variant=minbase', packages, 'sid', draft], { logFile });
    rmSync(join(draft, 'var/cache/apt/archives'), { recursive: true, force: true });
    writeFileSync(join(draft, MARKER), `${new Date().toISOString()}\n`);
    if (!existsSync(folder)) renameSync(draft, folder);
  } catch (error) {
    throw provisionError(`debootstrap failed.\n${error instanceof Error ? error.message : String(error)}\n`);
  } finally {
    await removeTree(draft);
  }
}

/**
 * @param {string} logFile
 * @param {(line: string) => void} log
 */
async function installDebootstrap(logFile, log) {
  if (!canInstall()) throw provisionError('debootstrap is not installed, and this is not Debian or Ubuntu.');
  try {
    await aptInstall(['debootstrap', 'debian-archive-keyring'], { logFile, log });
  } catch (error) {
    throw provisionError(
      `debootstrap cannot be installed.\n${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
}

/**
 * Removes leftovers of interrupted or killed runs: drafts of ended processes, and a folder without its marker.
 * @param {string} cache
 */
async function removeLeftovers(cache) {
  for (const name of readdirSync(cache)) {
    const pid = /^mysql-sid\.draft-(\d+)$/.exec(name)?.[1];
    const isLeftover = pid === undefined ? name === 'mysql-sid' : !existsSync(`/proc/${pid}`);
    if (isLeftover) await removeTree(join(cache, name));
  }
}

/**
 * Debootstrap mounts /proc in the folder. A killed one leaves it mounted, and it must not be deleted.
 * @param {string} path
 */
async function removeTree(path) {
  if (!existsSync(path)) return;
  for (const mount of mountsUnder(path)) await run('umount', ['--lazy', mount]);
  if (mountsUnder(path).length > 0) throw provisionError(`${path} has mounts that cannot be removed.`);
  rmSync(path, { recursive: true, force: true });
}

/** @param {string} path */
function mountsUnder(path) {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const points = mounts.map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '));
  return points.filter((point) => point.startsWith(`${path}/`)).toReversed();
}
