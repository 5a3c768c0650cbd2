import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../model/io.ts';
import { mayNarrow } from './private-file.ts';

/** How a folder stands that files are to be written in. */
export type FolderLook = {
  readonly isThere: boolean;
  /** What would keep a run from writing there: the system's error, or one that reads like it. */
  readonly trouble: NodeJS.ErrnoException | undefined;
  /** Bytes; undefined where the file system does not tell. */
  readonly free: number | undefined;
};

/** Where state or logs are kept, what is in a folder counts too; for metrics a file is put into one of somebody else's. */
export type FolderKind = 'state' | 'logs' | 'metrics';

/** Without writing. A folder that is not there is made by a run: then the one above it counts. */
export function lookAtFolder(path: string, kind: FolderKind): FolderLook {
  const nearest = nearestOf(path);
  const isThere = nearest === path;
  try {
    if (!statSync(nearest).isDirectory()) throw systemError('ENOTDIR', `${nearest} is a file`);
    accessSync(nearest, constants.W_OK | constants.X_OK);
    const { bavail, bsize, ffree, files } = statfsSync(nearest);
    if (bavail === 0 || (files > 0 && ffree === 0))
      throw systemError('ENOSPC', `the disk of ${nearest} is full`);
    if (isThere && kind === 'state') mayNarrow(path);
    if (isThere && kind === 'logs') mayAppend(path);
    return { isThere, trouble: undefined, free: bavail * bsize };
  } catch (error) {
    return { isThere, trouble: error as NodeJS.ErrnoException, free: undefined };
  }
}

/** The path itself, or the first above it that can be seen. */
function nearestOf(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestOf(dirname(path));
}

/** A run that somebody else started, root by sudo for one, leaves files that are theirs. */
function mayAppend(folder: string): void {
  readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
    .forEach((file) => accessSync(file, constants.W_OK));
}

function systemError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}

/** Whether others than its owner may read a file. */
export function othersMayRead(path: string): boolean {
  return process.geteuid !== undefined && (statSync(path).mode & 0o044) !== 0;
}

/** A text that says what is to run when. */
export type Schedule = { readonly from: string; readonly text: string };

/** The user's crontab, those of the system, and what systemd's timers start; those that can be read. */
export async function readSchedules(env: Environment, root = '/'): Promise<Schedule[]> {
  return [...(await ownCrontab(env)), ...systemCrontabs(root), ...timers(root, env)];
}

async function ownCrontab(env: Environment): Promise<Schedule[]> {
  try {
    const { stdout } = await promisify(execFile)('crontab', ['-l'], { timeout: 5000, env });
    return [{ from: 'crontab -l', text: stdout }];
  } catch {
    // No crontab, or no cron at all.
    return [];
  }
}

function systemCrontabs(root: string): Schedule[] {
  const folder = join(root, 'etc/cron.d');
  return [
    join(root, 'etc/crontab'),
    ...filesIn(folder).filter((file) => !basename(file).includes('.')),
  ].flatMap((file) => read(file).map((text) => ({ from: file, text })));
}

/** `NAME.timer` starts `NAME.service` unless it says otherwise (systemd.timer(5)). */
function timers(root: string, env: Environment): Schedule[] {
  const folders = [
    join(root, 'etc/systemd/system'),
    join(root, env['HOME'] || homedir(), '.config/systemd/user'),
  ];
  return folders.flatMap((folder) =>
    filesIn(folder)
      .filter((file) => file.endsWith('.timer'))
      .flatMap((file) => {
        const unit = /^Unit=(.+)$/m.exec(read(file)[0] ?? '')?.[1] ?? `${basename(file, '.timer')}.service`;
        return read(join(folder, unit)).map((text) => ({ from: file, text }));
      }),
  );
}

function filesIn(folder: string): string[] {
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
