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
import { DAY_MS } from '../lib/time.ts';

type LogRetention = {
  readonly retentionDays: number;
  readonly retentionFiles: number;
  /** Milliseconds. */
  readonly now: number;
};

/** Removes files of this log that exceed the maximum age or number. Other files in the folder are kept. */
export function sweep(dir: string, name: string, { retentionDays, retentionFiles, now }: LogRetention): void {
  filesOf(dir, name)
    .filter(({ time }, index) => index >= retentionFiles || now - time > retentionDays * DAY_MS)
    .forEach(({ path }) => rmSync(path, { force: true }));
}

/** Compresses files of this log that have not been written to for a day: `NAME.2026-03-19.1.log.gz`. */
export function compress(dir: string, name: string, now: number): void {
  filesOf(dir, name)
    .filter(({ path, time }) => path.endsWith('.log') && now - time > DAY_MS)
    .forEach(({ path, time }) => {
      const draft = `${path}.gz.${process.pid}.tmp`;
      try {
        writeFileSync(draft, gzipSync(readFileSync(path)), { mode: statSync(path).mode });
        utimesSync(draft, time / 1000, time / 1000);
        renameSync(draft, `${path}.gz`);
        rmSync(path, { force: true });
      } catch {
        // The disk is full, or another process was faster. The next start tries again.
        rmSync(draft, { force: true });
      }
    });
}

/** Newest first. Links are skipped: reading one to a device never ends, and fills the memory. */
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

/** Returns 0 if another process has just removed the file. */
function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Points `NAME.log` at the current file, in one step. A convenience: errors are ignored. */
export function link(dir: string, name: string, target: string): void {
  const path = join(dir, `${name}.log`);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    // A regular file of that name is not ours.
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
    if (isLink === false || (isLink === true && readlinkSync(path) === basename(target))) return;
    rmSync(draft, { force: true });
    symlinkSync(basename(target), draft);
    renameSync(draft, path);
  } catch {
    rmSync(draft, { force: true });
  }
}
