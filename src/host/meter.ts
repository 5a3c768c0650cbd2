import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readPrivate, writePrivate } from './private-file.ts';
import { DAY_MS, HOUR_MS } from '../lib/time.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { CallBook, CallCount, CallKind, Meter } from '../model/usage.ts';

export type MeterOptions = {
  /** STATE_DIR. */
  readonly dir: string;
  readonly host: string;
  readonly clock: Clock;
  readonly log: Logger;
};

type Kept = CallBook & { readonly host: string; readonly pid: number };

/** What files of versions before there were several sources count for. */
const FIRST_SOURCE = 'trestle';

/** A file that was not written for so long has no process any more, whatever the numbers of processes say. */
const SILENT = DAY_MS;

/**
 * Counts the calls of this process. A call is written to `usage-PROCESS.json` before it is sent and again when it has
 * ended, so that a kill loses none; the file goes once its counts are in the database.
 */
export function openMeter({ dir, host, clock, log }: MeterOptions): Meter {
  const process = nameProcess(clock.now());
  const path = join(dir, `usage-${process}.json`);
  const counts = new Map<string, CallCount>();
  const inDatabase = new Map<string, CallCount>();
  let run = 0;
  let isLeft = false;
  let isWritten = true;
  const unsaved = (): CallCount[] =>
    [...counts].filter(([key, count]) => inDatabase.get(key) !== count).map(([, count]) => count);
  const keep = (): void => {
    try {
      writePrivate(path, { process, host, pid: globalThis.process.pid, counts: unsaved() } satisfies Kept);
      isWritten = true;
    } catch (err) {
      // A full disk: the counts in memory are as good, unless this process is killed.
      if (isWritten) log.warn({ err }, 'the count of calls could not be kept');
      isWritten = false;
    }
  };
  const add = (slot: Slot, more: Partial<CallCount>): void => {
    const key = keyOf(slot);
    counts.set(key, plus(counts.get(key) ?? { ...slot, calls: 0, failed: 0, bytes: 0, ms: 0 }, more));
    keep();
  };
  return {
    begin: (kind, resource, source = FIRST_SOURCE) => {
      const start = clock.now();
      const slot = { run, hour: Math.floor(start / HOUR_MS) * HOUR_MS, source, resource, kind };
      add(slot, { calls: 1 });
      return ({ failed, bytes }) =>
        add(slot, { failed: failed ? 1 : 0, bytes, ms: Math.max(0, Math.round(clock.now() - start)) });
    },
    setRun: (id) => {
      run = id;
      isLeft = false;
    },
    readPending: () => ({ process, counts: isLeft ? [] : unsaved() }),
    markSaved: (book) => book.counts.forEach((count) => inDatabase.set(keyOf(count), count)),
    deferPending: () => {
      isLeft = true;
    },
    readLeftovers: () => leftBehind(dir, process, host, clock.now()),
    close: () => {
      if (counts.size > 0 && unsaved().length === 0) rmSync(path, { force: true });
    },
  };
}

type Slot = Pick<CallCount, 'run' | 'hour' | 'source' | 'resource' | 'kind'>;

function keyOf({ run, hour, source, resource, kind }: Slot): string {
  return [run, hour, kind, source, resource].join(' ');
}

function plus(count: CallCount, more: Partial<CallCount>): CallCount {
  return {
    ...count,
    calls: count.calls + (more.calls ?? 0),
    failed: count.failed + (more.failed ?? 0),
    bytes: count.bytes + (more.bytes ?? 0),
    ms: count.ms + (more.ms ?? 0),
  };
}

/** No other process has this name, on whatever machine: in containers they often have the same number. */
function nameProcess(now: number): string {
  const at = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${at}-${process.pid}-${randomBytes(6).toString('hex')}`;
}

function leftBehind(dir: string, own: string, host: string, now: number): ReturnType<Meter['readLeftovers']> {
  const names = readdirSync(dir).filter((name) => /^usage-[\w-]{1,64}\.json$/.test(name));
  return names.flatMap((name) => {
    const path = join(dir, name);
    const found = readPrivate(path);
    if (!isKept(found) || found.process === own || !isOver(found, path, host, now)) return [];
    const { process } = found;
    // Files of earlier versions name no source.
    const counts = found.counts.map((count) => ({
      ...count,
      source: (count as Partial<CallCount>).source ?? FIRST_SOURCE,
    }));
    return [{ process, counts, forget: () => rmSync(path, { force: true }) }];
  });
}

/** Whether nobody counts in this file any more. Should somebody all the same, they write it anew, with all they counted. */
function isOver(kept: Kept, path: string, host: string, now: number): boolean {
  const age = now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (age > SILENT) return true;
  // A process with our own number, but not of our name, was before us.
  return kept.host === host && (kept.pid === process.pid || !isAlive(kept.pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const KINDS: ReadonlySet<CallKind> = new Set(['data', 'census', 'token', 'file']);

/** The file is ours, but anything may be in it. */
function isKept(value: unknown): value is Kept {
  const { process: name, host, pid, counts } = (value ?? {}) as Partial<Kept>;
  return (
    typeof name === 'string' &&
    /^[\w-]{1,64}$/.test(name) &&
    typeof host === 'string' &&
    Number.isSafeInteger(pid) &&
    Number(pid) > 0 &&
    Array.isArray(counts) &&
    counts.every(isCount)
  );
}

function isCount(value: unknown): value is CallCount {
  const { resource, kind, ...numbers } = (value ?? {}) as CallCount;
  const { source = FIRST_SOURCE } = (value ?? {}) as Partial<CallCount>;
  const { run, hour, calls, failed, bytes, ms } = numbers;
  return (
    typeof source === 'string' &&
    source.length <= 64 &&
    typeof resource === 'string' &&
    resource.length <= 64 &&
    KINDS.has(kind) &&
    hour <= 8.64e15 &&
    [run, hour, calls, failed, bytes, ms].every((number) => Number.isSafeInteger(number) && number >= 0)
  );
}
