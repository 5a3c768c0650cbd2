import type { LastResortAid } from '../model/io.ts';
import { exitCodeOf } from './describe.ts';

let aid: LastResortAid = { clean: (text) => text, log: () => undefined };

/** Sets how the last resort removes secrets from its line and logs the error. */
export function setLastResortAid(newAid: LastResortAid): void {
  aid = newAid;
}

/**
 * Ends the process after an uncaught error, with one line instead of Node's stack trace, and with the exit code of
 * the error's class. A run in progress commits nothing more; the next run closes its row in the run log.
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
