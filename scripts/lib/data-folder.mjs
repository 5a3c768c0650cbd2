import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeIfInMemory } from './memory-folder.mjs';
import { ScriptError } from './run.mjs';

/**
 * A folder for one server's data, exclusive until it is released.
 * @typedef {object} DataFolder
 * @property {string} path
 * @property {string} data the server's data directory
 * @property {string} logFile
 * @property {string} versionFile has the version that created the data; written when the data is complete
 * @property {(server: { pid: number, socket: string }) => void} note records the server, so that another process can end it if this one is killed
 * @property {() => void} release
 */

const MAX_FOLDERS = 9;

/**
 * Claims `base`, or `base-2`, `base-3` … if other processes hold the previous ones.
 * @param {string} base
 * @param {number} [from] the first number to try
 * @returns {Promise<{ folder: DataFolder, number: number }>}
 */
export async function claimDataFolder(base, from = 1) {
  for (let number = from; number <= MAX_FOLDERS; number += 1) {
    const path = number === 1 ? base : `${base}-${number}`;
    const lock = `${path}.lock`;
    mkdirSync(dirname(path), { recursive: true });
    if (await claim(lock)) {
      mkdirSync(path, { recursive: true });
      return { folder: describe(path, lock), number };
    }
  }
  throw new ScriptError(`All ${MAX_FOLDERS} data folders ${base}… are in use. Look for hanging test runs.`);
}

/**
 * Ends the servers in data folders of this folder whose owners were killed: vitest kills a worker half a second after SIGTERM.
 * @param {string} parent
 */
export async function endOrphans(parent) {
  const locks = existsSync(parent) ? readdirSync(parent).filter((name) => /^db.*\.lock$/.test(name)) : [];
  for (const lock of locks.map((name) => join(parent, name)))
    if (await claim(lock)) describe(lock.replace(/\.lock$/, ''), lock).release();
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
    versionFile: join(path, 'made-by'),
    note: (server) => writeFileSync(lock, JSON.stringify({ owner: process.pid, server })),
    release: () => {
      removeIfInMemory(path);
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
 * Creates a file with its text in one step: no process reads a part of it.
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
 * Removes a dead owner's lock. Two processes can find it at the same time: the second would move the new lock of the first,
 * notices that by its text, and restores it.
 * @param {string} lock
 * @param {string} text the content of the dead owner's lock
 */
function moveAside(lock, text) {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return true;
  }
  const isDeadOwners = readFileSync(aside, 'utf8') === text;
  if (!isDeadOwners) linkSync(aside, lock);
  unlinkSync(aside);
  return isDeadOwners;
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
 * Ends the server of an owner that was killed. Its command line has the unique folder of its socket, so that another process with
 * a reused id is never killed. In a chroot, the path before that folder is another one.
 * @param {{ pid: number, socket: string }} server
 */
async function endOrphan({ pid, socket }) {
  const isRunning = () => commandLine(pid).includes(`/${basename(dirname(socket))}/`);
  if (isRunning()) process.kill(pid, 'SIGKILL');
  for (let wait = 0; wait < 200 && isRunning(); wait += 1) await sleep(50);
  removeSocketFolder(socket);
}

const PREFIX = 'trestle-db-';

/**
 * Creates a folder for a socket, with a short path: the path of a unix socket has at most 107 bytes.
 * @param {string} temporary
 */
export function makeSocketFolder(temporary) {
  return mkdtempSync(join(temporary, PREFIX));
}

/** @param {string} socket */
export function removeSocketFolder(socket) {
  const folder = dirname(socket);
  if (basename(folder).startsWith(PREFIX)) rmSync(folder, { recursive: true, force: true });
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
