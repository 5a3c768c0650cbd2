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
import { freePort, greeting } from './greeting.mjs';
import { endWithUs, isLeaving } from './leaving.mjs';
import { ended, runQuietly, ScriptError, tail } from './run.mjs';

/**
 * @typedef {import('./find-server.mjs').Server} Server
 * @typedef {import('./data-folder.mjs').DataFolder} DataFolder
 * @typedef {{ port: number, socket: string, pid: number, version: string, stop: () => Promise<void> }} Running
 */

const patience = { start: 60_000, stop: 20_000 };

/**
 * Starts a private server on a data folder that is made when it is missing, made by another version, or broken: it holds
 * nothing but test data.
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
      const said = existsSync(folder.logFile) ? tail(folder.logFile) : '';
      if (attempt === 3 || isLeaving()) {
        folder.release();
        throw new ScriptError(
          `${server.command.join(' ')} does not start: ${reason(error)}\n${said}\n${hint(folder)}`,
        );
      }
      if (/unable to lock|cannot lock/i.test(said)) {
        folder.release();
        ({ folder, number } = await claimDataFolder(base, number + 1));
      } else if (!/address already in use/i.test(said)) {
        log(`The data in ${folder.path} can't be used; making it anew`);
        rmSync(folder.path, { recursive: true, force: true });
      }
    }
  }
}

/** @param {unknown} error */
function reason(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {DataFolder} folder */
function hint({ logFile }) {
  const confined = existsSync('/etc/apparmor.d/usr.sbin.mysqld')
    ? `\nAppArmor may keep it out of this folder (Ubuntu's profile /etc/apparmor.d/usr.sbin.mysqld): use a server through MYSQL_HOST instead.`
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
  const user = userFor(server, folder);
  rmSync(folder.logFile, { force: true });
  await makeData(server, folder, user, log);
  const port = await freePort();
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
 * A server that runs as root is told which user to be: mysql when it can reach the folder, else root itself.
 * @param {Server} server
 * @param {DataFolder} folder
 * @returns {{ args: string[], ids?: [number, number] }}
 */
function userFor(server, folder) {
  if (process.getuid?.() !== 0) return { args: [] };
  const line = /^mysql:[^:]*:(\d+):(\d+):/m.exec(
    existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '',
  );
  if (server.root || !line || !isOpenTo(dirname(folder.path)) || !isOpenTo(tmpdir()))
    return { args: ['--user=root'] };
  return { args: ['--user=mysql'], ids: [Number(line[1]), Number(line[2])] };
}

/**
 * Whether every user may pass through this folder and all above it.
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
async function makeData(server, folder, user, log) {
  const maker = `${server.version} ${user.args.join(' ')}`;
  if (existsSync(folder.madeBy) && readFileSync(folder.madeBy, 'utf8') === maker) return;
  log(`Making a data folder for ${server.kind} in ${folder.path}`);
  rmSync(folder.path, { recursive: true, force: true });
  mkdirSync(folder.path, { recursive: true });
  if (user.ids) chownSync(folder.path, ...user.ids);
  const data = `--datadir=${inside(server, folder.data)}`;
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
  writeFileSync(folder.madeBy, maker);
}

/**
 * @param {Server} server
 * @param {string} path
 */
function inside(server, path) {
  return path.slice(server.root.length);
}

/**
 * @param {Server} server
 * @param {DataFolder} folder
 * @param {{ port: number, socket: string, user: string[] }} where
 * @returns {Promise<Running>}
 */
async function launch(server, folder, { port, socket, user }) {
  const [file = '', ...args] = [...server.command, ...settings(server, folder, port, socket), ...user];
  const out = openSync(folder.logFile, 'a');
  // A process group of its own: Ctrl-C in the terminal reaches us, and we end the server after those who use it.
  const child = spawn(file, args, { stdio: ['ignore', out, out], detached: true });
  closeSync(out);
  const { stop, pid } = supervise(child, folder, socket);
  const version = await answer(child, port);
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
  const exit = ended(child).catch(() => undefined);
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
    const timer = setTimeout(() => child.kill('SIGKILL'), patience.stop);
    await exit;
    clearTimeout(timer);
    forget();
    if (release) leave();
  };
  const forget = endWithUs({ stop, kill });
  return { stop, pid: child.pid };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} port
 */
async function answer(child, port) {
  const until = Date.now() + patience.start;
  while (
    Date.now() < until &&
    child.pid !== undefined &&
    child.exitCode === null &&
    child.signalCode === null
  ) {
    const version = await greeting({ host: '127.0.0.1', port });
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
function settings(server, folder, port, socket) {
  const path = inside(server, socket);
  return [
    '--no-defaults',
    `--datadir=${inside(server, folder.data)}`,
    `--socket=${path}`,
    `--pid-file=${path}.pid`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--max-connections=200',
    // An odd zone, so that a test notices when something depends on the server's.
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
