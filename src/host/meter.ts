import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './is-alive.ts';
import { readPrivate, updatePrivate } from './private-file.ts';
import { DAY_MS, HOUR_MS } from '../lib/time.ts';
import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { CallBook, CallCount, CallKind, Meter } from '../model/usage.ts';
import { FIRST_SOURCE } from '../model/first-source.ts';

export type MeterOptions = {
  /** STATE_DIR. */
  readonly dir: string;
  readonly host: string;
  readonly clock: Clock;
  readonly log: Logger;
};

type UsageFile = CallBook & { readonly host: string; readonly pid: number };

/** A file that was not written for this long has no process any more, even if its process id exists. */
const MAX_SILENCE_MS = DAY_MS;

/**
 * Counts the calls of this process. A call is written to `usage-PROCESS.json` before it is sent and again after it has ended,
 * so that a kill loses none. The file is removed when its counts are stored in the database.
 */
export function openMeter({ dir, host, clock, log }: MeterOptions): Meter {
  const process = nameProcess(clock.now());
  const path = join(dir, `usage-${process}.json`);
  const counts = new Map<string, CallCount>();
  const savedCounts = new Map<string, CallCount>();
  let run = 0;
  let isDeferred = false;
  let isSaved = true;
  const unsaved = (): CallCount[] =>
    [...counts].filter(([key, count]) => savedCounts.get(key) !== count).map(([, count]) => count);
  const save = (): void => {
    try {
      updatePrivate(path, {
        process,
        host,
        pid: globalThis.process.pid,
        counts: unsaved(),
      } satisfies UsageFile);
      isSaved = true;
    } catch (err) {
      // The disk is full: the counts in memory suffice, unless this process is killed.
      if (isSaved) log.warn({ err }, 'the count of calls could not be saved');
      isSaved = false;
    }
  };
  const add = (slot: Slot, more: Partial<CallCount>): void => {
    const key = keyOf(slot);
    counts.set(key, addCounts(counts.get(key) ?? { ...slot, calls: 0, failed: 0, bytes: 0, ms: 0 }, more));
    save();
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
      isDeferred = false;
    },
    readPending: () => ({ process, counts: isDeferred ? [] : unsaved() }),
    markSaved: (book) => book.counts.forEach((count) => savedCounts.set(keyOf(count), count)),
    deferPending: () => {
      isDeferred = true;
    },
    readLeftovers: () => readLeftoverFiles(dir, process, host, clock.now()),
    close: () => {
      if (counts.size > 0 && unsaved().length === 0) rmSync(path, { force: true });
    },
  };
}

type Slot = Pick<CallCount, 'run' | 'hour' | 'source' | 'resource' | 'kind'>;

function keyOf({ run, hour, source, resource, kind }: Slot): string {
  return [run, hour, kind, source, resource].join(' ');
}

function addCounts(count: CallCount, more: Partial<CallCount>): CallCount {
  return {
    ...count,
    calls: count.calls + (more.calls ?? 0),
    failed: count.failed + (more.failed ?? 0),
    bytes: count.bytes + (more.bytes ?? 0),
    ms: count.ms + (more.ms ?? 0),
  };
}

/** Unique among all machines: processes in containers often have the same id. */
function nameProcess(now: number): string {
  const at = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${at}-${process.pid}-${randomBytes(6).toString('hex')}`;
}

function readLeftoverFiles(
  dir: string,
  own: string,
  host: string,
  now: number,
): ReturnType<Meter['readLeftovers']> {
  const names = readdirSync(dir).filter((name) => /^usage-[\w-]{1,64}\.json$/.test(name));
  return names.flatMap((name) => {
    const path = join(dir, name);
    const found = readPrivate(path);
    if (!isUsageFile(found) || found.process === own || !isAbandoned(found, path, host, now)) return [];
    const { process } = found;
    // Files of earlier versions have no source.
    const counts = found.counts.map((count) => ({
      ...count,
      source: (count as Partial<CallCount>).source ?? FIRST_SOURCE,
    }));
    return [{ process, counts, forget: () => rmSync(path, { force: true }) }];
  });
}

/** Whether no process writes this file any more. A process that still does writes it again, with all its counts. */
function isAbandoned(file: UsageFile, path: string, host: string, now: number): boolean {
  const age = now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (age > MAX_SILENCE_MS) return true;
  // An earlier process had the same id as this one.
  return file.host === host && (file.pid === process.pid || !isAlive(file.pid));
}

const KINDS: ReadonlySet<CallKind> = new Set(['data', 'census', 'token', 'file']);

/** The file can be damaged. */
function isUsageFile(value: unknown): value is UsageFile {
  const { process: name, host, pid, counts } = (value ?? {}) as Partial<UsageFile>;
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
