import { spawn } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimDataFolder, makeSocketFolder, removeSocketFolder } from './data-folder.mjs';
import { findFreePort, readGreeting } from './greeting.mjs';
import { stopAtExit, isLeaving } from './leaving.mjs';
import { waitForExit, runQuietly, ScriptError, tail } from './run.mjs';

/**
 * @typedef {import('./find-server.mjs').Server} Server
 * @typedef {import('./data-folder.mjs').DataFolder} DataFolder
 * @typedef {{ port: number, socket: string, pid: number, version: string, stop: () => Promise<void> }} Running
 */

const TIMEOUTS_MS = { start: 60_000, stop: 20_000 };

/**
 * Starts a private server. Its data folder has only test data: it is created again if it is missing, broken, or of another
 * version.
 * @param {Server} server
 * @param {string} base
 * @param {(line: string) => void} log
 * @returns {Promise<Running>}
 */
export async function startServer(server, base, log) {
  let { folder, number } = await claimDataFolder(base);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(server, folder, log);
    } catch (error) {
      const output = existsSync(folder.logFile) ? tail(folder.logFile) : '';
      if (attempt === 3 || isLeaving()) {
        folder.release();
        throw new ScriptError(
          `${server.command.join(' ')} does not start: ${describeReason(error)}\n${output}\n${describeHint(folder)}`,
        );
      }
      if (/unable to lock|cannot lock/i.test(output)) {
        folder.release();
        ({ folder, number } = await claimDataFolder(base, number + 1));
      } else if (!/address already in use/i.test(output)) {
        log(`The data in ${folder.path} is unusable; creating it again`);
        rmSync(folder.path, { recursive: true, force: true });
      }
    }
  }
}

/** @param {unknown} error */
function describeReason(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {DataFolder} folder */
function describeHint({ logFile }) {
  const confined = existsSync('/etc/apparmor.d/usr.sbin.mysqld')
    ? `\nAppArmor may deny access to this folder (Ubuntu's profile /etc/apparmor.d/usr.sbin.mysqld): use a server with MYSQL_HOST instead.`
    : '';
  return `Its log: ${logFile}${confined}`;
}

/**
 * @param {Server} server
 * @param {DataFolder} folder
 * @param {(line: string) => void} log
 * @returns {Promise<Running>}
 */
async function startOn(server, folder, log) {
  const user = selectUser(server, folder);
  rmSync(folder.logFile, { force: true });
  await createData(server, folder, user, log);
  const port = await findFreePort();
  const socketFolder = makeSocketFolder(join(server.root, server.root ? '/tmp' : tmpdir()));
  if (user.ids) chownSync(socketFolder, ...user.ids);
  const socket = join(socketFolder, 's');
  try {
    return await launch(server, folder, { port, socket, user: user.args });
  } catch (error) {
    removeSocketFolder(socket);
    throw error;
  }
}

/**
 * Selects the user of a server that root starts: mysql if that user can reach the folder, otherwise root.
 * @param {Server} server
 * @param {DataFolder} folder
 * @returns {{ args: string[], ids?: [number, number] }}
 */
function selectUser(server, folder) {
  if (process.getuid?.() !== 0) return { args: [] };
  const line = /^mysql:[^:]*:(\d+):(\d+):/m.exec(
    existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '',
  );
  if (server.root || !line || !isOpenTo(dirname(folder.path)) || !isOpenTo(tmpdir()))
    return { args: ['--user=root'] };
  return { args: ['--user=mysql'], ids: [Number(line[1]), Number(line[2])] };
}

/**
 * Whether every user may enter this folder and all its parents.
 * @param {string} path
 * @returns {boolean}
 */
function isOpenTo(path) {
  mkdirSync(path, { recursive: true });
  return (statSync(path).mode & 0o001) !== 0 && (path === dirname(path) || isOpenTo(dirname(path)));
}

/**
 * @param {Server} server
 * @param {DataFolder} folder
 * @param {{ args: string[], ids?: [number, number] }} user
 * @param {(line: string) => void} log
 */
async function createData(server, folder, user, log) {
  const version = `${server.version} ${user.args.join(' ')}`;
  if (existsSync(folder.versionFile) && readFileSync(folder.versionFile, 'utf8') === version) return;
  log(`Creating a data folder for ${server.kind} in ${folder.path}`);
  rmSync(folder.path, { recursive: true, force: true });
  mkdirSync(folder.path, { recursive: true });
  if (user.ids) chownSync(folder.path, ...user.ids);
  const data = `--datadir=${pathInside(server, folder.data)}`;
  const [file = '', ...args] =
    server.installer === undefined
      ? [...server.command, '--no-defaults', '--initialize-insecure', data, ...user.args]
      : [
          server.installer,
          '--no-defaults',
          '--auth-root-authentication-method=normal',
          '--skip-test-db',
          data,
          ...user.args,
        ];
  await runQuietly(file, args, { logFile: folder.logFile });
  writeFileSync(folder.versionFile, version);
}

/**
 * @param {Server} server
 * @param {string} path
 */
function pathInside(server, path) {
  return path.slice(server.root.length);
}

/**
 * @param {Server} server
 * @param {DataFolder} folder
 * @param {{ port: number, socket: string, user: string[] }} options
 * @returns {Promise<Running>}
 */
async function launch(server, folder, { port, socket, user }) {
  const [file = '', ...args] = [...server.command, ...listOptions(server, folder, port, socket), ...user];
  const out = openSync(folder.logFile, 'a');
  // A separate process group: Ctrl-C reaches only this process, which ends the server after its clients.
  const child = spawn(file, args, { stdio: ['ignore', out, out], detached: true });
  closeSync(out);
  const { stop, pid } = supervise(child, folder, socket);
  const version = await waitForAnswer(child, port);
  if (version !== undefined && pid !== undefined) return { port, socket, pid, version, stop };
  await stop(false);
  throw new Error(
    child.exitCode === null ? 'it does not answer' : `it ended with exit code ${child.exitCode}`,
  );
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {DataFolder} folder
 * @param {string} socket
 */
function supervise(child, folder, socket) {
  const exit = waitForExit(child).catch(() => undefined);
  if (child.pid !== undefined) folder.note({ pid: child.pid, socket });
  const leave = () => {
    removeSocketFolder(socket);
    folder.release();
  };
  const kill = () => {
    child.kill('SIGKILL');
    leave();
  };
  const stop = async (release = true) => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUTS_MS.stop);
    await exit;
    clearTimeout(timer);
    forget();
    if (release) leave();
  };
  const forget = stopAtExit({ stop, kill });
  return { stop, pid: child.pid };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} port
 */
async function waitForAnswer(child, port) {
  const until = Date.now() + TIMEOUTS_MS.start;
  while (
    Date.now() < until &&
    child.pid !== undefined &&
    child.exitCode === null &&
    child.signalCode === null
  ) {
    const version = await readGreeting({ host: '127.0.0.1', port });
    if (version !== undefined) return version;
    await sleep(25);
  }
  return undefined;
}

/**
 * @param {Server} server
 * @param {DataFolder} folder
 * @param {number} port
 * @param {string} socket
 */
function listOptions(server, folder, port, socket) {
  const path = pathInside(server, socket);
  return [
    '--no-defaults',
    `--datadir=${pathInside(server, folder.data)}`,
    `--socket=${path}`,
    `--pid-file=${path}.pid`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--max-connections=200',
    // An unusual time zone, so that tests notice a dependency on it.
    '--default-time-zone=+05:45',
    '--innodb-buffer-pool-size=256M',
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-doublewrite=0',
    '--sync-binlog=0',
    '--skip-log-bin',
    '--performance-schema=OFF',
    ...(server.kind === 'mysqld' ? ['--mysqlx=OFF', '--secure-file-priv='] : []),
    ...(server.settings ?? []),
  ];
}
