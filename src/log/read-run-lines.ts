import { createReadStream, type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DAY_MS } from '../lib/time.ts';
import type { LogLine, RunLines, RunTime } from '../model/run-lines.ts';

/** Logs that are read: errors of the others are in `errors` again. */
const FILE = /^(etl_main|api_calls|data_quality|database)\.\d{4}-\d\d-\d\d\.\d+\.log(?:\.gz)?$/;

/** Unpacked bytes that are read at most: about a second of work. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Longer lines are skipped. */
const MAX_LINE_BYTES = 256 * 1024;
const NEWLINE = 10;

/**
 * Reads what a run logged: every line of the main log, and the warnings and errors of the others.
 * @param max lines at most.
 * @returns undefined if the folder cannot be read.
 */
export async function readRunLines(dir: string, run: RunTime, max: number): Promise<RunLines | undefined> {
  const files = listFiles(dir, run);
  if (files === undefined) return undefined;
  const found: LogLine[] = [];
  const budget = { bytes: MAX_BYTES };
  let hasMore = false;
  for (const { path, log } of files) {
    try {
      for await (const line of findLines(path, run.id, budget)) {
        const parsed = parseLine(line, log, run);
        if (parsed === undefined) continue;
        found.push(parsed);
        if (found.length < max * 2) continue;
        hasMore = true;
        keepLast(found, max);
      }
    } catch {
      // The file was removed or compressed in the meantime, or belongs to another user.
      hasMore = true;
    }
  }
  hasMore ||= found.length > max || budget.bytes <= 0;
  keepLast(found, max);
  return { lines: found, hasMore };
}

function keepLast(lines: LogLine[], max: number): void {
  lines.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  lines.splice(0, Math.max(0, lines.length - max));
}

/** The files that can have lines of the run: main logs first, because they are the smallest. */
function listFiles(dir: string, { from, to }: RunTime): { path: string; log: string }[] | undefined {
  let entries: Dirent[];
  try {
    entries = readdirSync(dir, { withFileTypes: true });
  } catch {
    return undefined;
  }
  return entries
    .flatMap((entry) => {
      const log = entry.isFile() ? FILE.exec(entry.name)?.[1] : undefined;
      if (log === undefined) return [];
      const path = join(dir, entry.name);
      // Named after the local day of its first line.
      const day = Date.parse(/\d{4}-\d\d-\d\d/.exec(entry.name)![0]);
      const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      return written >= from && day - DAY_MS <= to ? [{ path, log }] : [];
    })
    .sort((a, b) => Number(b.log === 'etl_main') - Number(a.log === 'etl_main'));
}

/** Finds the lines of a run. A search for bytes is ten times as fast as parsing each line. */
async function* findLines(path: string, run: number, budget: { bytes: number }): AsyncGenerator<string> {
  const file = createReadStream(path, { highWaterMark: 1024 * 1024 });
  // An error of the file ends the stream that is read.
  const text = path.endsWith('.gz') ? pipeline(file, createGunzip(), () => undefined) : file;
  const needle = Buffer.from(`"run":${run}`);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of text as AsyncIterable<Buffer>) {
    budget.bytes -= chunk.length;
    if (budget.bytes <= 0) return;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    yield* linesWith(bytes.subarray(0, end), needle);
    rest = bytes.length - end > MAX_LINE_BYTES ? Buffer.alloc(0) : bytes.subarray(end);
  }
}

function* linesWith(bytes: Buffer, needle: Buffer): Generator<string> {
  let at = bytes.indexOf(needle);
  while (at !== -1) {
    const start = bytes.lastIndexOf(NEWLINE, at) + 1;
    const end = bytes.indexOf(NEWLINE, at);
    if (end - start <= MAX_LINE_BYTES) yield bytes.toString('utf8', start, end);
    at = bytes.indexOf(needle, end);
  }
}

/** Values of records can be remarks for agents, or addresses that must not be shown. */
function omitValues(name: string, value: unknown): unknown {
  return name === 'value' ? undefined : value;
}

function parseLine(line: string, log: string, { id, from, to }: RunTime): LogLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { time, level, msg, run, pid: _, ...rest } = value as Record<string, unknown>;
  const at = typeof time === 'string' ? Date.parse(time) : NaN;
  if (run !== id || !(at >= from && at <= to)) return undefined;
  if (log !== 'etl_main' && level !== 'warn' && level !== 'error') return undefined;
  const others = Object.keys(rest).length === 0 ? '' : JSON.stringify(rest, omitValues);
  return {
    time: String(time),
    level: String(level),
    log,
    message: typeof msg === 'string' ? msg : '',
    rest: others,
  };
}
