import { cli } from '../cli.ts';
import { listenForStop } from '../host/signals.ts';
import type { Io } from '../model/io.ts';
import { installLastResort, setLastResortAid } from './last-resort.ts';
import { isRead, surviveLostTerminal, surviveOutputErrors } from './output.ts';

/** Runs a command line as this process, and sets the exit code. Only this function passes on the global `process`. */
export async function start(argv: readonly string[]): Promise<void> {
  const io: Io = {
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: () => process.cwd(),
    listenForStop: () => listenForStop(process.stdin.isTTY),
    isRead,
    setLastResortAid,
  };
  surviveOutputErrors();
  surviveLostTerminal();
  process.exitCode = await cli(argv, io, installLastResort);
}
