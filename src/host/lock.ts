import { rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type * as properLockfile from 'proper-lockfile';
import { BusyError, ConfigError } from '../errors.ts';
import { folderHint } from './folder.ts';
import { isAlive } from './is-alive.ts';
import { makePrivateFolder, readPrivate, writePrivate } from './private-file.ts';
import type { Logger } from '../model/log.ts';
import { FIRST_SOURCE } from '../model/first-source.ts';

const require = createRequire(import.meta.url);

/** Loads the package only when a command takes a lock. */
function lockWithLibrary(path: string, options: properLockfile.LockOptions): Promise<() => Promise<void>> {
  return (require('proper-lockfile') as typeof properLockfile).lock(path, options);
}

type Owner = { readonly pid: number; readonly host: string };

/** A holder that has not touched its lock for this long is considered dead, also on another host. */
const STALE_MS = 60_000;

// Sent when a file exceeds `ulimit -f`. Node ignores it, and the write fails with an ordinary error. proper-lockfile, through
// signal-exit, would end the process, unless there is another listener.
process.on('SIGXFSZ', () => undefined);

/**
 * Takes a source's lock in this state directory. It is advisory: the fence against two writers is in the database. The lock of a
 * dead process is taken over at once on the same host, otherwise after a minute.
 * @returns a function that releases it.
 * @throws BusyError if a live process holds it, ConfigError if STATE_DIR cannot be written.
 */
export async function acquireLock(
  stateDir: string,
  log: Logger,
  source = FIRST_SOURCE,
): Promise<() => Promise<void>> {
  const { path, ownerFile } = filesOf(stateDir, source);
  try {
    makePrivateFolder(stateDir);
    const release = await lockOrTakeOver(stateDir, path, ownerFile, log);
    const free = () => releaseLock(ownerFile, release, log);
    try {
      writePrivate(ownerFile, { pid: process.pid, host: hostname() } satisfies Owner);
    } catch (error) {
      await free();
      throw error;
    }
    return free;
  } catch (cause) {
    if (cause instanceof BusyError) throw cause;
    throw new ConfigError(`STATE_DIR ${stateDir} cannot be used: ${(cause as Error).message}`, {
      op: 'lock',
      cause,
      hint: folderHint(cause, 'STATE_DIR'),
    });
  }
}

function filesOf(stateDir: string, source: string): { path: string; ownerFile: string } {
  const name = source === FIRST_SOURCE ? 'run' : `run-${source}`;
  return { path: join(stateDir, `${name}.lock`), ownerFile: join(stateDir, `${name}.json`) };
}

/** Never throws: a completed run has not failed because its lock files are gone or cannot be removed. */
async function releaseLock(ownerFile: string, release: () => Promise<void>, log: Logger): Promise<void> {
  try {
    try {
      rmSync(ownerFile, { force: true });
    } finally {
      // Throws if another process took the lock (a stopped clock, a long pause): there is nothing to release.
      await release();
    }
  } catch (err) {
    log.warn({ err }, 'the lock was lost before it was released');
  }
}

async function lockOrTakeOver(
  stateDir: string,
  path: string,
  ownerFile: string,
  log: Logger,
): Promise<() => Promise<void>> {
  const take = () =>
    lockWithLibrary(stateDir, {
      lockfilePath: path,
      stale: STALE_MS,
      update: 10_000,
      realpath: false,
      // The default throws from a timer. A stolen lock costs no data: the watermark's version fences this run.
      onCompromised: (err) => log.warn({ err }, 'another process took the lock'),
    });
  const release = await tryLock(take);
  if (release !== undefined) return release;
  const owner = readPrivate(ownerFile) as Partial<Owner> | undefined;
  if (isDead(owner) && isOwnerOfLock(ownerFile, path)) {
    const taken = await takeOver(stateDir, path, ownerFile, take, log);
    if (taken !== undefined) return taken;
  }
  const who = owner?.pid === undefined ? '' : ` (process ${owner.pid} on ${owner.host})`;
  throw new BusyError(`another run is active${who}`, {
    op: 'lock',
    hint: 'trestle-etl status shows it; this run did nothing',
  });
}

/** The state of a lock. */
export type LockStatus = {
  /** The folder that proper-lockfile creates as the lock. */
  readonly path: string;
  /** `dead`: left by a process of this host that has ended. `silent`: not touched for too long, or touched in the future. */
  readonly state: 'free' | 'held' | 'dead' | 'silent';
  readonly owner: Partial<Owner> | undefined;
  /** Milliseconds since it was last touched. */
  readonly age: number;
};

/** Reads the state of a source's lock without taking it. */
export function inspectLock(stateDir: string, now: number, source = FIRST_SOURCE): LockStatus {
  const { path, ownerFile } = filesOf(stateDir, source);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return { path, state: 'free', owner: undefined, age: 0 };
  const owner = readPrivate(ownerFile) as Partial<Owner> | undefined;
  const age = now - found.mtimeMs;
  if (isDead(owner) && isOwnerOfLock(ownerFile, path)) return { path, state: 'dead', owner, age };
  return { path, state: Math.abs(age) > STALE_MS ? 'silent' : 'held', owner, age };
}

/**
 * Takes over the lock of a dead process. One process at a time: otherwise the second could remove the new lock of the first
 * instead of the dead one's, which it read a moment before.
 */
async function takeOver(
  stateDir: string,
  path: string,
  ownerFile: string,
  take: () => Promise<() => Promise<void>>,
  log: Logger,
): Promise<(() => Promise<void>) | undefined> {
  // proper-lockfile identifies locks by the file that they protect, not by their own path, so this needs another name.
  const onCompromised = (err: Error): void => log.warn({ err }, 'another process took the lock');
  const release = await tryLock(() =>
    lockWithLibrary(join(stateDir, 'takeover'), { stale: 10_000, realpath: false, onCompromised }),
  );
  if (release === undefined) return undefined;
  try {
    const owner = readPrivate(ownerFile) as Partial<Owner> | undefined;
    if (!isDead(owner) || !isOwnerOfLock(ownerFile, path)) return undefined;
    log.warn({ owner }, 'taking over the lock of a dead process');
    // The owner is written before the lock is taken: a third process must not consider this one dead.
    writePrivate(ownerFile, { pid: process.pid, host: hostname() } satisfies Owner);
    rmSync(path, { recursive: true, force: true });
    return await tryLock(take);
  } finally {
    await release();
  }
}

async function tryLock<T>(take: () => Promise<T>): Promise<T | undefined> {
  try {
    return await take();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    throw error;
  }
}

function isDead(owner: Partial<Owner> | undefined): boolean {
  const { pid, host } = owner ?? {};
  // An earlier process had the same id as this one.
  return host === hostname() && typeof pid === 'number' && (pid === process.pid || !isAlive(pid));
}

/** An owner file older than the lock belongs to an earlier holder: the current one has not written its own yet. */
function isOwnerOfLock(ownerFile: string, lock: string): boolean {
  try {
    return statSync(ownerFile).mtimeMs >= statSync(lock).birthtimeMs;
  } catch {
    return false;
  }
}
