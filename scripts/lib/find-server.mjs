import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runQuietly, ScriptError } from './run.mjs';

/**
 * A server program that can be started.
 * @typedef {object} Server
 * @property {'mysqld' | 'mariadbd'} kind regardless of the file's name
 * @property {string} version the output of --version
 * @property {string[]} command the start of its command line
 * @property {string} root its root folder: '' or a chroot
 * @property {string} [installer] MariaDB's program that creates a data folder
 * @property {string[]} [settings] options that override those of a test server
 */

const EXTRA_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec', '/opt/homebrew/bin', '/usr/local/bin'];

/**
 * Finds an installed server: a real MySQL, otherwise MariaDB; or one of the given kind.
 * @param {Server['kind']} [kind]
 * @returns {Server | undefined}
 */
export function findServer(kind) {
  const found = ['mysqld', 'mariadbd'].map(findOnPath).filter((file) => file !== undefined);
  const servers = found.map(describe).filter((server) => server !== undefined);
  if (kind !== undefined) return servers.find((server) => server.kind === kind);
  return servers.find((server) => server.kind === 'mysqld') ?? servers[0];
}

/** @param {string} name */
export function findOnPath(name) {
  const folders = [...(process.env['PATH'] ?? '').split(':').filter(Boolean), ...EXTRA_FOLDERS];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Debian's `mysqld` is a link to mariadbd: only --version shows the kind.
 * @param {string} file
 * @returns {Server | undefined}
 */
function describe(file) {
  const version = readVersion([file]);
  if (version === undefined) return undefined;
  if (!/mariadb/i.test(version)) return { kind: 'mysqld', version, command: [file], root: '' };
  const installer = [join(dirname(file), '../bin/mariadb-install-db'), findOnPath('mariadb-install-db')].find(
    (path) => path !== undefined && isExecutable(path),
  );
  return installer ? { kind: 'mariadbd', version, command: [file], root: '', installer } : undefined;
}

/**
 * @param {string[]} command
 * @returns {string | undefined}
 */
export function readVersion([file = '', ...args]) {
  try {
    return execFileSync(file, [...args, '--no-defaults', '--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

/** Whether this process may install packages with apt-get. */
export function canInstall() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && findOnPath('apt-get') !== undefined;
}

/**
 * @param {string[]} packages
 * @param {{ logFile: string, log: (line: string) => void }} options
 */
export async function aptInstall(packages, { logFile, log }) {
  log(`Installing ${packages.join(' ')} with apt-get (its output: ${logFile})`);
  // RUNLEVEL=1 keeps the package's own service from starting.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await runQuietly('apt-get', ['update'], { logFile, env });
  await runQuietly('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { logFile, env });
}

/**
 * Finds a server, and installs one if there is none and that is possible.
 * @param {{ logFile: string, log: (line: string) => void }} options
 * @returns {Promise<Server>}
 */
export async function findOrInstallServer({ logFile, log }) {
  let server = findServer();
  if (server === undefined && canInstall()) {
    log('There is no mysqld or mariadbd on this machine.');
    await aptInstall(['mariadb-server'], { logFile, log });
    server = findServer();
  }
  if (server === undefined) throw new ScriptError(howToInstall);
  return server;
}

export const useAnotherServer = `  any existing server, for example in Docker:
    docker run --rm -d --name trestle-db -p 127.0.0.1:3307:3306 -e MYSQL_ALLOW_EMPTY_PASSWORD=yes -e MYSQL_ROOT_HOST=% mysql:8.4
    export MYSQL_HOST=127.0.0.1 MYSQL_PORT=3307 MYSQL_USER=root MYSQL_PASSWORD=`;

const howToInstall = `This needs a MySQL or MariaDB server program (mysqld or mariadbd), but none was found. Do one of these, then run it again:
  Debian, Ubuntu:  sudo apt-get install mariadb-server
  macOS:           brew install mysql        (or: brew install mariadb)
${useAnotherServer}`;
