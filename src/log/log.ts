import { createRequire } from 'node:module';
import type * as Pino from 'pino';
import { ConfigError } from '../errors.ts';
import { makeFolder, folderHint, checkWritable } from '../host/folder.ts';
import type { Log, Logger } from '../model/log.ts';
import { compress, link, sweep } from './log-files.ts';
import { bufferLines } from './buffer-lines.ts';
import { type DailyFile, openDailyFile } from './daily-file.ts';
import { formatPretty } from './pretty.ts';
import type { Redactor } from './redact.ts';

export type LogOptions = {
  readonly dir: string;
  readonly level: string;
  /** Maximum bytes of a file. */
  readonly maxBytes: number;
  readonly retentionDays: number;
  readonly retentionFiles: number;
  /** If set, the main log and the warnings of the others are also written to `terminal`. */
  readonly format?: 'pretty' | 'json' | undefined;
  readonly terminal?: { write(text: string): unknown };
  readonly redactor: Redactor;
  readonly now: number;
  /** Called once, with a sentence, when the files cannot be written any more. */
  readonly onLost: (message: string) => void;
};

export type Logs = Log & {
  /** Adds the run's id to every later line. */
  setRun(id: number): void;
  /** Opens the log of requests to `serve`. Other commands do not create it. */
  openRequests(): Logger;
  close(): void;
};

const require = createRequire(import.meta.url);
const { pino } = require('pino') as typeof Pino;

const NAMES = ['etl_main', 'api_calls', 'data_quality', 'database', 'errors'] as const;

type FixedName = (typeof NAMES)[number];
type Name = FixedName | 'requests';

/**
 * Opens the five logs: `NAME.YYYY-MM-DD.N.log`, with a link `NAME.log` to the current file. They are written synchronously in
 * this process, because pino-roll's worker loses the last lines before a kill. Size and retention are implemented here,
 * because pino-roll counts only the lines and files of one process.
 * @throws ConfigError if LOG_DIR cannot be written.
 */
export async function openLogs(options: LogOptions): Promise<Logs> {
  let run: number | undefined;
  const files: Partial<Record<Name, DailyFile>> & Record<FixedName, DailyFile> = openFiles(options);
  const logger = (name: Name, file: DailyFile): Logger =>
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
        { level: 'trace', stream: redactStream(file, options.redactor) },
        { level: 'error', stream: redactStream(files.errors, options.redactor) },
        ...createTerminalStreams(name, options),
      ]),
    );
  return {
    main: logger('etl_main', files.etl_main),
    api: logger('api_calls', files.api_calls),
    quality: logger('data_quality', files.data_quality),
    database: logger('database', files.database),
    openRequests: () => {
      const file = bufferLines(openFile(options, 'requests', reportOnce(options)));
      files.requests = file;
      return logger('requests', file);
    },
    setRun: (id) => {
      run = id;
    },
    close: () => {
      for (const file of Object.values(files)) file.end();
    },
  };
}

function ignore(): void {
  // Lines are dropped.
}

/** Drops all lines: for a command that only reads, run by a user who may not write logs. */
export function noLogs(): Logs {
  const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  return {
    main: logger,
    api: logger,
    quality: logger,
    database: logger,
    setRun: ignore,
    openRequests: () => logger,
    close: ignore,
  };
}

function openFiles(options: LogOptions): Record<FixedName, DailyFile> {
  const onError = reportOnce(options);
  try {
    makeFolder(options.dir);
    checkWritable(options.dir);
    const opened = NAMES.map((name) => [name, openFile(options, name, onError)] as const);
    return Object.fromEntries(opened) as Record<FixedName, DailyFile>;
  } catch (cause) {
    throw new ConfigError(`LOG_DIR ${options.dir} cannot be written: ${(cause as Error).message}`, {
      op: 'open logs',
      cause,
      hint: folderHint(cause, 'LOG_DIR'),
    });
  }
}

function openFile(options: LogOptions, name: Name, onError: (error: Error) => void): DailyFile {
  compress(options.dir, name, options.now);
  const onFile = (file: string): void => onFileOpened(options, name, file);
  return openDailyFile({ ...options, name, onError, onFile });
}

/** Reports the first error only: the five files are usually on one disk, and every failed line is an error. */
function reportOnce({ dir, onLost }: LogOptions): (error: Error) => void {
  let isReported = false;
  return (error) => {
    if (isReported) return;
    isReported = true;
    onLost(
      `LOG_DIR ${dir} cannot be written any more, and log lines are being lost: ${error.message}; the run itself continues`,
    );
  };
}

/** Updates the link, and removes files beyond the retention. Best effort: a run is active. */
function onFileOpened(options: LogOptions, name: Name, file: string): void {
  try {
    link(options.dir, name, file);
    sweep(options.dir, name, options);
  } catch {
    // The folder was removed: the next line fails, and that is reported.
  }
}

/** The main log, and the warnings of the others. */
function createTerminalStreams(name: Name, { format, terminal, level, redactor }: LogOptions) {
  if (format === undefined || terminal === undefined) return [];
  const write = (line: string): void => {
    const clean = redactor.clean(line);
    terminal.write(format === 'pretty' ? formatPretty(clean) : clean);
  };
  return [{ level: name === 'etl_main' ? level : 'warn', stream: { write } }];
}

function redactStream(destination: DailyFile, redactor: Redactor) {
  return { write: (line: string) => destination.write(redactor.clean(line)) };
}

/** The members of an error that are logged: no request, no bound values. */
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
