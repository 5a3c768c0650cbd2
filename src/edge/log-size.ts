import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The part of pino-roll's stream that is used here. */
type Destination = {
  readonly file: string;
  reopen(file: string): void;
  write(line: string): boolean;
};

/**
 * Keeps the files of one log below a size, whoever else writes to them. pino-roll's own limit knows of the lines of one
 * process only, and not before the event loop has turned: a short run adds to a file that is too large already (seen with
 * 4.0.0). Nor does it number each log for itself: its files are taken over here by their own numbers.
 * @param limit bytes; a line that is larger by itself gets a file of its own.
 */
export function sized(destination: Destination, limit: number): { write(line: string): void } {
  const { file } = destination;
  const own = withRoom(file, 1, limit);
  if (own !== file) {
    destination.reopen(own);
    // Whoever has opened it too moves on as we did before it writes.
    if (sizeOf(file) === 0) rmSync(file, { force: true });
  }
  return {
    write: (line) => {
      makeRoom(destination, Buffer.byteLength(line), limit);
      destination.write(line);
    },
  };
}

function makeRoom(destination: Destination, bytes: number, limit: number): void {
  try {
    const size = sizeOf(destination.file);
    if (size > 0 && size + bytes > limit) destination.reopen(withRoom(destination.file, bytes, limit));
  } catch {
    // The folder was taken away: the line goes where the others went.
  }
}

/** The last file of this log and day, or the one that follows it where there is no room for so many bytes. */
function withRoom(file: string, bytes: number, limit: number): string {
  const start = basename(file).replace(/\d+\.log$/, '');
  const folder = dirname(file);
  const numbers = readdirSync(folder)
    .filter((name) => name.startsWith(start) && /^\d+\.log$/.test(name.slice(start.length)))
    .map((name) => Number.parseInt(name.slice(start.length), 10))
    .filter((number) => join(folder, `${start}${number}.log`) !== file || sizeOf(file) > 0);
  const last = Math.max(1, ...numbers);
  const path = join(folder, `${start}${last}.log`);
  const size = sizeOf(path);
  return size === 0 || size + bytes <= limit ? path : join(folder, `${start}${last + 1}.log`);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
