import { createRequire } from 'node:module';
import type * as Pino from 'pino';
import { ConfigError } from '../errors.ts';
import { makeFolder, remedy, tryFolder } from '../host/folder.ts';
import type { Log, Logger } from '../model/log.ts';
import { compress, link, sweep } from './log-files.ts';
import { type DailyFile, openDailyFile } from './daily-file.ts';
import { pretty } from './pretty.ts';
import type { Redactor } from './redact.ts';

export type LogOptions = {
  readonly dir: string;
  readonly level: string;
  /** Bytes that a file may have. */
  readonly maxBytes: number;
  readonly retentionDays: number;
  readonly retentionFiles: number;
  /** What goes to `terminal` too: what the run says, and what goes wrong. */
  readonly format?: 'pretty' | 'json' | undefined;
  readonly terminal?: { write(text: string): unknown };
  readonly redactor: Redactor;
  readonly now: number;
  /** Told once, in a sentence, where the files can't be written any more. */
  readonly onLost: (message: string) => void;
};

export type Logs = Log & {
  /** The run's id stands on every line from now on. */
  setRun(id: number): void;
  close(): void;
};

const require = createRequire(import.meta.url);
const { pino } = require('pino') as typeof Pino;

const NAMES = ['etl_main', 'api_calls', 'data_quality', 'database', 'errors'] as const;

type Name = (typeof NAMES)[number];

/**
 * Opens the five files: `NAME.YYYY-MM-DD.N.log`, with a link `NAME.log` to today's. Written synchronously by this
 * process: pino-roll's worker loses what was logged right before a kill. Size and retention are our own, because pino-roll
 * counts only the lines and the files of one process.
 * @throws ConfigError where LOG_DIR can't be written.
 */
export async function openLogs(options: LogOptions): Promise<Logs> {
  let run: number | undefined;
  const files = openFiles(options);
  const logger = (name: Name): Logger =>
    pino(
      {
        level: options.level,
        base: { pid: process.pid },
        timestamp: pino.stdTimeFunctions.isoTime,
        mixin: () => (run === undefined ? {} : { run }),
        serializers: { err: describeError },
        formatters: { level: (label) => ({ level: label }) },
      },
      pino.multistream([
        { level: 'trace', stream: cleaned(files[name], options.redactor) },
        { level: 'error', stream: cleaned(files.errors, options.redactor) },
        ...onTerminal(name, options),
      ]),
    );
  return {
    main: logger('etl_main'),
    api: logger('api_calls'),
    quality: logger('data_quality'),
    database: logger('database'),
    setRun: (id) => {
      run = id;
    },
    close: () => {
      for (const name of NAMES) {
        files[name].end();
      }
    },
  };
}

function nothing(): void {
  // There is nowhere to write to.
}

/** For a command that only looks, by a user who may not write logs. */
export function noLogs(): Logs {
  const logger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  return { main: logger, api: logger, quality: logger, database: logger, setRun: nothing, close: nothing };
}

function openFiles(options: LogOptions): Record<Name, DailyFile> {
  const lost = telling(options);
  try {
    makeFolder(options.dir);
    tryFolder(options.dir);
    for (const name of NAMES) compress(options.dir, name, options.now);
    const opened = NAMES.map((name) => {
      const onFile = (file: string): void => isBegun(options, name, file);
      return [name, openDailyFile({ ...options, name, onError: lost, onFile })] as const;
    });
    return Object.fromEntries(opened) as Record<Name, DailyFile>;
  } catch (cause) {
    throw new ConfigError(`LOG_DIR ${options.dir} can't be written: ${(cause as Error).message}`, {
      op: 'open logs',
      cause,
      hint: remedy(cause, 'LOG_DIR'),
    });
  }
}

/** The five files mostly lie on one disk, and each line that fails is an error of its own: the first one says it all. */
function telling({ dir, onLost }: LogOptions): (error: Error) => void {
  let isTold = false;
  return (error) => {
    if (isTold) return;
    isTold = true;
    onLost(
      `LOG_DIR ${dir} can't be written any more, and log lines are being lost: ${error.message}; the run itself goes on`,
    );
  };
}

/** Another file follows: the ones before it may be too many now. Best effort, as all that is done while a run goes on. */
function isBegun(options: LogOptions, name: Name, file: string): void {
  try {
    link(options.dir, name, file);
    sweep(options.dir, name, options);
  } catch {
    // The folder was taken away: the next line that can't be written tells.
  }
}

/** The run's own log, and of the others what goes wrong. */
function onTerminal(name: Name, { format, terminal, level, redactor }: LogOptions) {
  if (format === undefined || terminal === undefined) return [];
  const write = (line: string): void => {
    const clean = redactor.clean(line);
    terminal.write(format === 'pretty' ? pretty(clean) : clean);
  };
  return [{ level: name === 'etl_main' ? level : 'warn', stream: { write } }];
}

function cleaned(destination: DailyFile, redactor: Redactor) {
  return { write: (line: string) => destination.write(redactor.clean(line)) };
}

/** What a log keeps of an error: no request, no bound values. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, errno, op, hint } = error as Error & Record<string, unknown>;
  return {
    type: error.name,
    message: error.message,
    ...(op === undefined ? {} : { op }),
    ...(hint === undefined ? {} : { hint }),
    ...(code === undefined ? {} : { code }),
    ...(errno === undefined ? {} : { errno }),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
