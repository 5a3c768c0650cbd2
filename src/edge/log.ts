import { lstatSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import pino from 'pino';
import roll from 'pino-roll';
import { ConfigError } from '../errors.ts';
import { makeFolder } from '../lib/folder.ts';
import type { Log, Logger } from '../model.ts';
import type { Redactor } from './redact.ts';

export type LogOptions = {
  readonly dir: string;
  readonly level: string;
  readonly maxSize: string;
  readonly retentionDays: number;
  readonly retentionFiles: number;
  readonly redactor: Redactor;
  readonly now: number;
};

export type Logs = Log & {
  /** The run's id stands on every line from now on. */
  setRun(id: number): void;
  close(): void;
};

const NAMES = ['etl_main', 'api_calls', 'data_quality', 'database', 'errors'] as const;
type Name = (typeof NAMES)[number];
type Destination = Awaited<ReturnType<typeof roll>>;

/**
 * Opens the five files: `NAME.YYYY-MM-DD.N.log`, with a link `NAME.log` to today's. Written synchronously by this
 * process: pino-roll's worker loses what was logged right before a kill. Retention is a sweep of our own at the start,
 * because pino-roll counts only the files of one process.
 * @throws ConfigError where LOG_DIR can't be written.
 */
export async function openLogs(options: LogOptions): Promise<Logs> {
  let run: number | undefined;
  const files = await openFiles(options);
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
        link(options.dir, name, files[name].file);
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

async function openFiles(options: LogOptions): Promise<Record<Name, Destination>> {
  try {
    makeFolder(options.dir);
    sweep(options);
    const opened = await Promise.all(
      NAMES.map(async (name) => {
        const destination = await roll({
          file: join(options.dir, name),
          extension: '.log',
          frequency: 'daily',
          dateFormat: 'yyyy-MM-dd',
          size: options.maxSize,
          sync: true,
        });
        // A log that can't be written (disk full) must not end a run whose data are safe.
        destination.on('error', () => undefined);
        link(options.dir, name, destination.file);
        return [name, destination] as const;
      }),
    );
    return Object.fromEntries(opened) as Record<Name, Destination>;
  } catch (cause) {
    throw new ConfigError(`LOG_DIR ${options.dir} can't be written: ${(cause as Error).message}`, {
      op: 'open logs',
      cause,
      hint: 'the user that runs trestle-etl must be able to write there (rights, disk space); or set LOG_DIR',
    });
  }
}

function cleaned(destination: Destination, redactor: Redactor) {
  return { write: (line: string) => void destination.write(redactor.clean(line)) };
}

/** Removes our own files that are too old or too many; whatever else lies in the folder is left alone. */
function sweep({ dir, retentionDays, retentionFiles, now }: LogOptions): void {
  for (const name of NAMES) {
    const own = readdirSync(dir)
      .filter((file) => new RegExp(`^${name}\\.\\d{4}-\\d\\d-\\d\\d\\.\\d+\\.log$`).test(file))
      .map((file) => ({ path: join(dir, file), time: timeOf(join(dir, file)) }))
      .sort((a, b) => b.time - a.time);
    own
      .filter(({ time }, index) => index >= retentionFiles || now - time > retentionDays * 86_400_000)
      .forEach(({ path }) => rmSync(path, { force: true }));
  }
}

/** Another process may sweep at the same time: a file that is gone is as old as can be. */
function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** `NAME.log` → today's file, replaced in one step. Only a convenience: no run fails for want of it. */
function link(dir: string, name: Name, target: string): void {
  const path = join(dir, `${name}.log`);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    // A real file of that name is somebody's and stays.
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === false) return;
    rmSync(draft, { force: true });
    symlinkSync(basename(target), draft);
    renameSync(draft, path);
  } catch {
    rmSync(draft, { force: true });
  }
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
