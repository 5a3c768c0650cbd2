import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The part of pino-roll's stream that is used here. */
type Destination = {
  readonly file: string;
  /** Of what is written to, which need not be what has its name by now. */
  readonly fd: number;
  reopen(file: string): void;
  write(line: string): boolean;
};

/**
 * Keeps the files of one log below a size, whoever else writes to them or removes them. pino-roll's own limit knows of the
 * lines of one process only, and not before the event loop has turned: a short run adds to a file that is too large already
 * (seen with 4.0.0). Nor does it number each log for itself: its files are taken over here by their own numbers.
 * @param limit bytes; a line that is larger by itself gets a file of its own.
 */
export function sized(destination: Destination, limit: number): { write(line: string): void } {
  const write = (line: string): void => {
    const bytes = Buffer.byteLength(line);
    const wasThere = makeRoom(destination, bytes, limit);
    destination.write(line);
    if (!wasThere || isThere(destination)) return;
    // Removed at this very moment, and the line with it.
    makeRoom(destination, bytes, limit);
    destination.write(line);
  };
  const { file } = destination;
  const own = findRoom(file, 1, limit);
  if (own !== file) {
    destination.reopen(own);
    // Whoever has opened it too moves on as we did before it writes, or after.
    const late = removeEmpty(file);
    if (late !== '') write(late);
  }
  return { write };
}

/** Moves on to another file where this one is full, or gone. @returns whether it was there. */
function makeRoom(destination: Destination, bytes: number, limit: number): boolean {
  try {
    const { size, nlink } = fstatSync(destination.fd);
    if (nlink === 0 || (size > 0 && size + bytes > limit)) {
      destination.reopen(findRoom(destination.file, bytes, limit));
    }
    return nlink > 0;
  } catch {
    // The folder was taken away: the line goes where the others went.
    return false;
  }
}

function isThere({ fd }: Destination): boolean {
  try {
    return fstatSync(fd).nlink > 0;
  } catch {
    return true;
  }
}

/** @returns what somebody wrote to it between the look and the removal. */
function removeEmpty(path: string): string {
  // A link stays as it is: one to a device has no end to be read to.
  const look = lstatSync(path, { throwIfNoEntry: false });
  if (look?.isFile() !== true || look.size > 0) return '';
  try {
    const fd = openSync(path, 'r');
    try {
      rmSync(path, { force: true });
      return readFileSync(fd, 'utf8');
    } finally {
      closeSync(fd);
    }
  } catch {
    // Another process was quicker.
    return '';
  }
}

/** The last file of this log and day that has lines, or the one that follows it where there is no room for so many bytes. */
export function findRoom(file: string, bytes: number, limit: number): string {
  const start = basename(file).replace(/\d+\.log$/, '');
  const folder = dirname(file);
  const pathOf = (number: number): string => join(folder, `${start}${number}.log`);
  // An empty one may be removed at once, by the process that has opened it by another log's number.
  const numbers = readdirSync(folder)
    .filter((name) => name.startsWith(start) && /^\d+\.log$/.test(name.slice(start.length)))
    .map((name) => Number.parseInt(name.slice(start.length), 10))
    .filter((number) => sizeOf(pathOf(number)) > 0);
  const last = Math.max(1, ...numbers);
  const size = sizeOf(pathOf(last));
  return pathOf(size === 0 || size + bytes <= limit ? last : last + 1);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
