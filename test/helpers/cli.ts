import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { atTestEnd } from './clean-up.ts';
import type { FreshDatabase } from './database.ts';
import { capturedIo } from './io.ts';
import { temporaryFolder } from './pipeline.ts';

/** The built tool, as cron runs it; `npm test` builds it first. */
export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The same without the process around it. */
const CLI = new URL('../../dist/chunks/cli.js', import.meta.url).href;

export type Ended = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Started = { readonly child: ChildProcess; readonly ended: Promise<Ended> };

/** A folder with a `.env` for this sandbox and this database; `more` replaces or, where undefined, removes a line. */
export function configured(
  sandbox: Pick<Sandbox, 'url' | 'clientId' | 'clientSecret'>,
  db: Pick<FreshDatabase, 'env'>,
  more: Readonly<Record<string, string | undefined>> = {},
): string {
  const folder = temporaryFolder();
  const lines = {
    TRESTLE_API_BASE_URL: sandbox.url,
    TRESTLE_CLIENT_ID: sandbox.clientId,
    TRESTLE_CLIENT_SECRET: sandbox.clientSecret,
    ...db.env,
    ...more,
  };
  const text = Object.entries(lines)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join('');
  writeFileSync(join(folder, '.env'), text);
  return folder;
}

/** What has not ended when its test has is ended then: one that never does would take the machine from all others. */
const living = new Set<ChildProcess>();
atTestEnd(() => living.forEach((child) => child.kill('SIGKILL')));

/** The tool itself, for programs that start another. */
export const tool = (...args: readonly string[]): string[] => [process.execPath, '--', MAIN, ...args];

/** Starts the tool in a folder, with the bare environment that cron gives; as another user, where root does it. */
export function start(
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
  uid?: number,
): Started {
  return startBy(folder, tool(...args), env, uid);
}

/** The same, by another program. */
export function startBy(
  folder: string,
  command: readonly string[],
  env: Record<string, string> = {},
  uid?: number,
): Started {
  const [name, ...args] = command;
  const child = spawn(name!, args, {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  living.add(child);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      living.delete(child);
      resolve({ code, signal, stdout, stderr });
    });
  });
  return { child, ended };
}

/** Another build of the tool. */
export function trestleOf(main: string, folder: string, args: readonly string[]): Promise<Ended> {
  return startBy(folder, [process.execPath, '--', main, ...args]).ended;
}

/** Runs the built tool as a process, as cron does: for signals, kills, users, Node's own variables, and two at a time. */
export function trestleProcess(
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
  uid?: number,
): Promise<Ended> {
  return start(folder, args, env, uid).ended;
}

/** What Node reads when a process starts. */
const OF_A_PROCESS = /^(?:TZ|NODE_.*)$/;

/**
 * Runs the built tool in this process, with the bare environment that cron gives. Files, logs, locks and the database are
 * the real ones; only the start of a process is saved. Two in one STATE_DIR at a time take each other's lock for that of
 * a dead process: use `trestleProcess` for those.
 */
export async function trestle(
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  const wrong = Object.keys(env).find((name) => OF_A_PROCESS.test(name));
  if (wrong !== undefined) throw new Error(`${wrong} needs a process: use trestleProcess`);
  const { io, stdout, stderr } = capturedIo({ folder, env: { PATH: '/usr/bin:/bin', HOME: folder, ...env } });
  const { cli } = (await import(CLI)) as typeof import('../../src/cli.ts');
  const code = await cli([process.execPath, MAIN, ...args], io);
  return { code, signal: null, stdout: stdout(), stderr: stderr() };
}
