import {
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const DAY = 86_400_000;

type Retention = {
  readonly retentionDays: number;
  readonly retentionFiles: number;
  /** Milliseconds. */
  readonly now: number;
};

/** Removes files of this log that are too old or too many; whatever else lies in the folder is left alone. */
export function sweep(dir: string, name: string, { retentionDays, retentionFiles, now }: Retention): void {
  filesOf(dir, name)
    .filter(({ time }, index) => index >= retentionFiles || now - time > retentionDays * DAY)
    .forEach(({ path }) => rmSync(path, { force: true }));
}

/** Packs the files of this log that nobody has written to for a day: `NAME.2026-03-19.1.log.gz`. */
export function compress(dir: string, name: string, now: number): void {
  filesOf(dir, name)
    .filter(({ path, time }) => path.endsWith('.log') && now - time > DAY)
    .forEach(({ path, time }) => {
      const draft = `${path}.gz.${process.pid}.tmp`;
      try {
        writeFileSync(draft, gzipSync(readFileSync(path)), { mode: statSync(path).mode });
        utimesSync(draft, time / 1000, time / 1000);
        renameSync(draft, `${path}.gz`);
        rmSync(path, { force: true });
      } catch {
        // No room, or another process was quicker: it is packed the next time.
        rmSync(draft, { force: true });
      }
    });
}

/** Newest first. A link stays as it is: one to a device has no end to be read to, and fills the memory. */
function filesOf(dir: string, name: string): { path: string; time: number }[] {
  const own = new RegExp(`^${name}\\.\\d{4}-\\d\\d-\\d\\d\\.(\\d+)\\.log(\\.gz)?$`);
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isFile() && own.test(entry.name))
    .map(({ name: file }) => ({
      path: join(dir, file),
      time: timeOf(join(dir, file)),
      number: Number(own.exec(file)![1]),
    }))
    .sort((a, b) => b.time - a.time || b.number - a.number);
}

/** Another process may sweep at the same time: a file that is gone is as old as can be. */
function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** `NAME.log` → the file that is written to, replaced in one step. Only a convenience: no run fails for want of it. */
export function link(dir: string, name: string, target: string): void {
  const path = join(dir, `${name}.log`);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    // A real file of that name is somebody's and stays.
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
    if (isLink === false || (isLink === true && readlinkSync(path) === basename(target))) return;
    rmSync(draft, { force: true });
    symlinkSync(basename(target), draft);
    renameSync(draft, path);
  } catch {
    rmSync(draft, { force: true });
  }
}
