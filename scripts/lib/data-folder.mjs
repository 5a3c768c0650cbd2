import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freeMemory } from './memory-folder.mjs';
import { ScriptError } from './run.mjs';

/**
 * A folder that holds one server's data, ours alone until it is released.
 * @typedef {object} DataFolder
 * @property {string} path
 * @property {string} data the server's data directory
 * @property {string} logFile
 * @property {string} madeBy a file with the version that made the data, written once the data is whole
 * @property {(server: { pid: number, socket: string }) => void} note remembers the server, for whoever finds us killed
 * @property {() => void} release
 */

const most = 9;

/**
 * Claims `base`, or `base-2`, `base-3` … when other processes hold the ones before.
 * @param {string} base
 * @param {number} [from] the first number to try
 * @returns {Promise<{ folder: DataFolder, number: number }>}
 */
export async function claimDataFolder(base, from = 1) {
  for (let number = from; number <= most; number += 1) {
    const path = number === 1 ? base : `${base}-${number}`;
    const lock = `${path}.lock`;
    mkdirSync(dirname(path), { recursive: true });
    if (await claim(lock)) {
      mkdirSync(path, { recursive: true });
      return { folder: describe(path, lock), number };
    }
  }
  throw new ScriptError(`All ${most} data folders ${base}… are in use. Look for test runs that hang.`);
}

/**
 * @param {string} path
 * @param {string} lock
 * @returns {DataFolder}
 */
function describe(path, lock) {
  return {
    path,
    data: join(path, 'data'),
    logFile: `${path}.log`,
    madeBy: join(path, 'made-by'),
    note: (server) => writeFileSync(lock, JSON.stringify({ owner: process.pid, server })),
    release: () => {
      freeMemory(path);
      rmSync(lock, { force: true });
    },
  };
}

/**
 * @param {string} lock
 * @returns {Promise<boolean>}
 */
async function claim(lock) {
  const mine = JSON.stringify({ owner: process.pid });
  if (create(lock, mine)) return true;
  const text = existsSync(lock) ? readFileSync(lock, 'utf8') : '';
  const { owner, server } = parse(text);
  if (owner !== undefined && isAlive(owner)) return false;
  if (!moveAside(lock, text)) return false;
  if (server !== undefined) await endOrphan(server);
  return create(lock, mine);
}

/**
 * Creates a file with its text in one step: nobody reads it half written.
 * @param {string} file
 * @param {string} text
 */
function create(file, text) {
  const draft = `${file}.new.${process.pid}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

/**
 * @param {string} text
 * @returns {{ owner?: number, server?: { pid: number, socket: string } }}
 */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/**
 * Removes a dead owner's lock. Two processes may find it at the same time: the second would take away the first one's
 * new lock, sees that by its text, and puts it back.
 * @param {string} lock
 * @param {string} text what the dead owner's lock says
 */
function moveAside(lock, text) {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return true;
  }
  const right = readFileSync(aside, 'utf8') === text;
  if (!right) linkSync(aside, lock);
  unlinkSync(aside);
  return right;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Ends the server of an owner who was killed. Its command line names a socket path that nobody else has, so that a
 * stranger with a reused process id is never hit.
 * @param {{ pid: number, socket: string }} server
 */
async function endOrphan({ pid, socket }) {
  const lives = () => commandLine(pid).includes(socket);
  if (lives()) process.kill(pid, 'SIGKILL');
  for (let wait = 0; wait < 200 && lives(); wait += 1) await sleep(50);
  removeSocketFolder(socket);
}

const prefix = 'trestle-db-';

/**
 * A new folder for a socket, in a short path: the path of a unix socket may have 107 bytes.
 * @param {string} temporary
 */
export function makeSocketFolder(temporary) {
  return mkdtempSync(join(temporary, prefix));
}

/** @param {string} socket */
export function removeSocketFolder(socket) {
  const folder = dirname(socket);
  if (basename(folder).startsWith(prefix)) rmSync(folder, { recursive: true, force: true });
}

/** @param {number} pid */
function commandLine(pid) {
  try {
    if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
