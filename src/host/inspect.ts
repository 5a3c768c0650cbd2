import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../model/io.ts';
import { checkCanNarrow } from './private-file.ts';

/** The state of a folder that files are written in. */
export type FolderState = {
  readonly exists: boolean;
  /** The reason why a run could not write there: the system's error, or one of the same form. */
  readonly problem: NodeJS.ErrnoException | undefined;
  /** Bytes; undefined if the file system does not report it. */
  readonly free: number | undefined;
};

/** For `state` and `logs`, the files in the folder are checked too; `metrics` is often another program's folder. */
export type FolderKind = 'state' | 'logs' | 'metrics';

/** Inspects a folder without writing. If it does not exist, its nearest parent is checked, because a run would create it there. */
export function inspectFolder(path: string, kind: FolderKind): FolderState {
  const nearest = nearestExisting(path);
  const exists = nearest === path;
  try {
    if (!statSync(nearest).isDirectory()) throw createSystemError('ENOTDIR', `${nearest} is a file`);
    accessSync(nearest, constants.W_OK | constants.X_OK);
    const { bavail, bsize, ffree, files } = statfsSync(nearest);
    if (bavail === 0 || (files > 0 && ffree === 0))
      throw createSystemError('ENOSPC', `the disk of ${nearest} is full`);
    if (exists && kind === 'state') checkCanNarrow(path);
    if (exists && kind === 'logs') checkLogsWritable(path);
    return { exists, problem: undefined, free: bavail * bsize };
  } catch (error) {
    return { exists, problem: error as NodeJS.ErrnoException, free: undefined };
  }
}

/** The path itself, or its nearest parent that exists. */
function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

/** A run by another user, such as root by sudo, leaves files that this user may not append to. @throws the system's error. */
function checkLogsWritable(folder: string): void {
  readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
    .forEach((file) => accessSync(file, constants.W_OK));
}

function createSystemError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}

/** Whether users other than the owner may read a file. */
export function isReadableByOthers(path: string): boolean {
  return process.geteuid !== undefined && (statSync(path).mode & 0o044) !== 0;
}

/** A text with scheduled commands, such as a crontab. */
export type Schedule = { readonly from: string; readonly text: string };

/** Reads the user's crontab, the system's, and the services of systemd timers. Unreadable ones are skipped. */
export async function readSchedules(env: Environment, root = '/'): Promise<Schedule[]> {
  return [...(await readUserCrontab(env)), ...readSystemCrontabs(root), ...readTimers(root, env)];
}

async function readUserCrontab(env: Environment): Promise<Schedule[]> {
  try {
    const { stdout } = await promisify(execFile)('crontab', ['-l'], { timeout: 5000, env });
    return [{ from: 'crontab -l', text: stdout }];
  } catch {
    // No crontab, or no cron at all.
    return [];
  }
}

function readSystemCrontabs(root: string): Schedule[] {
  const folder = join(root, 'etc/cron.d');
  return [
    join(root, 'etc/crontab'),
    ...listFiles(folder).filter((file) => !basename(file).includes('.')),
  ].flatMap((file) => read(file).map((text) => ({ from: file, text })));
}

/** `NAME.timer` starts `NAME.service` unless it has `Unit=` (systemd.timer(5)). */
function readTimers(root: string, env: Environment): Schedule[] {
  const folders = [
    join(root, 'etc/systemd/system'),
    join(root, env['HOME'] || homedir(), '.config/systemd/user'),
  ];
  return folders.flatMap((folder) =>
    listFiles(folder)
      .filter((file) => file.endsWith('.timer'))
      .flatMap((file) => {
        const unit = /^Unit=(.+)$/m.exec(read(file)[0] ?? '')?.[1] ?? `${basename(file, '.timer')}.service`;
        return read(join(folder, unit)).map((text) => ({ from: file, text }));
      }),
  );
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function read(file: string): string[] {
  try {
    return [readFileSync(file, 'utf8')];
  } catch {
    return [];
  }
}
