import { exitCodeOf } from './describe.ts';

/** What the command in progress adds to the last line: it knows the secrets, and where the logs are. */
type Aid = {
  /** Removes secrets from a text. */
  readonly clean: (text: string) => string;
  readonly log: (error: unknown) => void;
};

let aid: Aid = { clean: (text) => text, log: () => undefined };

/** Sets what the last resort cleans its line with, and where it logs the error. */
export function setLastResortAid(own: Aid): void {
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
