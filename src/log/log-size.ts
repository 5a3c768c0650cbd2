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

/** The members of pino-roll's stream that are used here. */
type Destination = {
  readonly file: string;
  /** The open file. By now another file may have its name. */
  readonly fd: number;
  reopen(file: string): void;
  write(line: string): boolean;
};

/**
 * Limits the size of one log's files, even if other processes write to them or remove them. pino-roll's own limit counts only
 * the lines of one process, and only after a turn of the event loop, so a short run appends to a file that is already too
 * large (seen with 4.0.0). It also shares one sequence of numbers among all logs; here each log has its own.
 * @param limit bytes; a line that is larger gets a separate file.
 */
export function limitSize(destination: Destination, limit: number): { write(line: string): void } {
  const write = (line: string): void => {
    const bytes = Buffer.byteLength(line);
    const existed = switchFileIfFull(destination, bytes, limit);
    destination.write(line);
    if (!existed || exists(destination)) return;
    // The file was removed during the write, and the line with it.
    switchFileIfFull(destination, bytes, limit);
    destination.write(line);
  };
  const { file } = destination;
  const own = findLogFile(file, 1, limit);
  if (own !== file) {
    destination.reopen(own);
    // Another process that has it open also switches files, before or after its first line.
    const late = removeEmpty(file);
    if (late !== '') write(late);
  }
  return { write };
}

/** Switches to another file if this one is full or was removed. @returns whether it still existed. */
function switchFileIfFull(destination: Destination, bytes: number, limit: number): boolean {
  try {
    const { size, nlink } = fstatSync(destination.fd);
    if (nlink === 0 || (size > 0 && size + bytes > limit)) {
      destination.reopen(findLogFile(destination.file, bytes, limit));
    }
    return nlink > 0;
  } catch {
    // The folder was removed: the line is lost with it.
    return false;
  }
}

function exists({ fd }: Destination): boolean {
  try {
    return fstatSync(fd).nlink > 0;
  } catch {
    return true;
  }
}

/** @returns what another process wrote between the check and the removal. */
function removeEmpty(path: string): string {
  // Links are skipped: reading one to a device never ends.
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true || found.size > 0) return '';
  try {
    const fd = openSync(path, 'r');
    try {
      rmSync(path, { force: true });
      return readFileSync(fd, 'utf8');
    } finally {
      closeSync(fd);
    }
  } catch {
    // Another process was faster.
    return '';
  }
}

/** Returns the last nonempty file of this log and day, or the next one if these bytes exceed its limit or it is no file. */
export function findLogFile(file: string, bytes: number, limit: number): string {
  const start = basename(file).replace(/\d+\.log$/, '');
  const folder = dirname(file);
  const pathOf = (number: number): string => join(folder, `${start}${number}.log`);
  // An empty file can be removed at any moment, by a process that opened it under another log's number.
  const numbers = readdirSync(folder)
    .filter((name) => name.startsWith(start) && /^\d+\.log$/.test(name.slice(start.length)))
    .map((name) => Number.parseInt(name.slice(start.length), 10))
    .filter((number) => sizeOf(pathOf(number)) > 0);
  const last = Math.max(1, ...numbers);
  const size = sizeOf(pathOf(last));
  return pathOf(size === 0 || size + bytes <= limit ? last : last + 1);
}

/** Infinite for a folder, a socket and a named pipe: to open a pipe without a reader blocks forever. */
function sizeOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFIFO() === true || found?.isSocket() === true || found?.isDirectory() === true)
    return Infinity;
  return found?.size ?? 0;
}
