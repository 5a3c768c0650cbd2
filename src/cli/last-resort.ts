import type { LastResortAid } from '../model/io.ts';
import { exitCodeOf } from './describe.ts';

let aid: LastResortAid = { clean: (text) => text, log: () => undefined };

/** Sets what the last resort cleans its line with, and where it logs the error. */
export function setLastResortAid(own: LastResortAid): void {
  aid = own;
}

/**
 * Ends the process for an error that no code caught, with one line instead of Node's stack trace, and the exit code of the
 * error's class. A run in progress commits nothing more; the next run closes its row.
 */
export function installLastResort(describe: (error: unknown) => string): void {
  const end = (error: unknown): void => {
    try {
      aid.log(error);
    } finally {
      process.stderr.write(`trestle-etl: ${aid.clean(describe(error))}\n`);
      process.exit(exitCodeOf(error));
    }
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
