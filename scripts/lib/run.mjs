import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { endAll, stopAtExit, isLeaving } from './leaving.mjs';

/** An error that is shown by its message only; it ends a script with this exit code. */
export class ScriptError extends Error {
  /**
   * @param {string} message
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.name = 'ScriptError';
    this.exitCode = exitCode;
  }
}

/**
 * Runs a script's main function, sets the exit code, and ends everything that it has left running.
 * @param {(args: string[]) => Promise<number>} main
 */
export async function runScript(main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    process.exitCode = error instanceof ScriptError ? error.exitCode : 1;
    if (!isLeaving()) console.error(error instanceof ScriptError ? `\n${error.message}` : error);
  }
  await endAll();
}

/**
 * Resolves when the child has ended, with its exit code as in a shell.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>}
 */
export function waitForExit(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
}

/**
 * Starts a child that ends with this process.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions & { stopTimeout?: number }} [options] stopTimeout: ms between SIGTERM and SIGKILL
 */
export function start(command, args, { stopTimeout = 10_000, ...options } = {}) {
  if (isLeaving()) throw new ScriptError('Interrupted');
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  const exit = waitForExit(child);
  const kill = () => void child.kill('SIGKILL');
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(kill, stopTimeout);
    await exit.catch(() => undefined);
    clearTimeout(timer);
  };
  const forget = stopAtExit({ stop, kill });
  exit.then(forget, forget);
  return { child, exit, stop, kill };
}

/**
 * Runs a command, shows its output, and returns its exit code.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export async function run(command, args, options) {
  return await start(command, args, options).exit;
}

/**
 * Runs a command with its output in a file. If it fails, throws with the end of that output.
 * @param {string} command
 * @param {string[]} args
 * @param {{ logFile: string, env?: NodeJS.ProcessEnv, cwd?: string }} options
 */
export async function runQuietly(command, args, { logFile, ...options }) {
  mkdirSync(dirname(logFile), { recursive: true });
  const out = openSync(logFile, 'a');
  try {
    const code = await run(command, args, { ...options, stdio: ['ignore', out, out] });
    if (code !== 0) {
      throw new ScriptError(
        `${command} ended with exit code ${code}:\n${tail(logFile)}\n(full output: ${logFile})`,
      );
    }
  } finally {
    closeSync(out);
  }
}

/**
 * Returns the last lines of a file.
 * @param {string} file
 * @param {number} [lines]
 */
export function tail(file, lines = 15) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
