import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Pino from 'pino';
import type roll from 'pino-roll';
import { findLogFile, limitSize } from './log-size.ts';

const require = createRequire(import.meta.url);
const { pino } = require('pino') as typeof Pino;

/** Lines that are buffered per file while the disk is full. Later lines are lost. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

export type DailyFileOptions = {
  readonly dir: string;
  readonly name: string;
  /** Maximum bytes of a file. */
  readonly maxBytes: number;
  readonly now: number;
  /** Called for each line that cannot be written. */
  readonly onError: (error: Error) => void;
  /** Called with each new file when it is opened for writing. */
  readonly onFile: (file: string) => void;
};

export type DailyFile = { write(line: string): void; end(): void };

/** A sonic-boom stream, as created by pino and pino-roll. */
type Destination = Awaited<ReturnType<typeof roll>>;

/**
 * Opens one log, `NAME.YYYY-MM-DD.N.log` of the local day. pino-roll takes over at midnight and is loaded only then: few
 * runs last that long, and it loads 300 files, most of them of date-fns.
 * @throws Node's error if the file cannot be opened.
 */
export function openDailyFile(options: DailyFileOptions): DailyFile {
  const { now, onError } = options;
  let current = attach(openToday(options), options);
  let hasEnded = false;
  const roll = async (): Promise<void> => {
    try {
      const next = attach(await rollDaily(options), options);
      current.end();
      current = next;
      if (hasEnded) next.end();
    } catch (error) {
      onError(error as Error);
    }
  };
  const timer = setTimeout(() => void roll(), msUntilMidnight(now)).unref();
  return {
    write: (line) => current.write(line),
    end: () => {
      hasEnded = true;
      clearTimeout(timer);
      current.end();
    },
  };
}

function openToday({ dir, name, maxBytes, now }: DailyFileOptions): Destination {
  const dest = findLogFile(join(dir, `${name}.${localDate(now)}.1.log`), 1, maxBytes);
  const today = pino.destination({
    dest,
    sync: true,
    maxLength: MAX_BUFFERED_BYTES,
  }) as unknown as Destination;
  // pino's own listener swallows EPIPE.
  today.removeAllListeners('error');
  return today;
}

function rollDaily({ dir, name }: DailyFileOptions): Promise<Destination> {
  return (require('pino-roll') as typeof roll)({
    file: join(dir, name),
    extension: '.log',
    frequency: 'daily',
    dateFormat: 'yyyy-MM-dd',
    sync: true,
    maxLength: MAX_BUFFERED_BYTES,
  });
}

function attach(destination: Destination, { maxBytes, onError, onFile }: DailyFileOptions): DailyFile {
  // A full log disk must not end a run whose data are safe.
  destination.on('error', onError);
  const { write } = limitSize(destination, maxBytes);
  onFile(destination.file);
  // The first event is for the file opened above; each later one is for a reopened file.
  destination.once('ready', () => destination.on('ready', () => onFile(destination.file)));
  return { write, end: () => destination.end() };
}

/** `2026-03-19`, in the local time zone. */
function localDate(now: number): string {
  const date = new Date(now);
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${date.getFullYear()}-${month}-${day}`;
}

function msUntilMidnight(now: number): number {
  return new Date(now).setHours(24, 0, 0, 0) - now;
}
