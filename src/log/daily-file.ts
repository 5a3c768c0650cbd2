import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Pino from 'pino';
import type roll from 'pino-roll';
import { findRoom, sized } from './log-size.ts';

const require = createRequire(import.meta.url);
const { pino } = require('pino') as typeof Pino;

/** What is kept of a file's lines until its disk has room again; what comes after is lost. */
const MAX_HELD_BYTES = 1024 * 1024;

export type DailyFileOptions = {
  readonly dir: string;
  readonly name: string;
  /** Bytes that a file may have. */
  readonly maxBytes: number;
  readonly now: number;
  /** Called for each line that cannot be written. */
  readonly onError: (error: Error) => void;
  /** Called with each file that is written to from now on. */
  readonly onFile: (file: string) => void;
};

export type DailyFile = { write(line: string): void; end(): void };

/** A sonic-boom stream, as pino and pino-roll make them. */
type Destination = Awaited<ReturnType<typeof roll>>;

/**
 * Opens one log, `NAME.YYYY-MM-DD.N.log` of the local day. pino-roll takes over at midnight, and is loaded only then: hardly a
 * run lasts that long, and it is 300 files, most of them date-fns.
 * @throws Node's error if the file cannot be opened.
 */
export function openDailyFile(options: DailyFileOptions): DailyFile {
  const { now, onError } = options;
  let current = useFile(openToday(options), options);
  let hasEnded = false;
  const roll = async (): Promise<void> => {
    try {
      const next = useFile(await rollDaily(options), options);
      current.end();
      current = next;
      if (hasEnded) next.end();
    } catch (error) {
      onError(error as Error);
    }
  };
  const timer = setTimeout(() => void roll(), untilMidnight(now)).unref();
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
  const dest = findRoom(join(dir, `${name}.${localDate(now)}.1.log`), 1, maxBytes);
  const today = pino.destination({ dest, sync: true, maxLength: MAX_HELD_BYTES }) as unknown as Destination;
  // pino's own listener would keep a broken pipe to itself.
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
    maxLength: MAX_HELD_BYTES,
  });
}

function useFile(destination: Destination, { maxBytes, onError, onFile }: DailyFileOptions): DailyFile {
  // A log that can't be written (disk full) must not end a run whose data are safe.
  destination.on('error', onError);
  const { write } = sized(destination, maxBytes);
  onFile(destination.file);
  // The first one is for what was opened above; each that follows, for a reopened file.
  destination.once('ready', () => destination.on('ready', () => onFile(destination.file)));
  return { write, end: () => destination.end() };
}

/** `2026-03-19`, in the time zone of this machine. */
function localDate(now: number): string {
  const date = new Date(now);
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${date.getFullYear()}-${month}-${day}`;
}

function untilMidnight(now: number): number {
  return new Date(now).setHours(24, 0, 0, 0) - now;
}
