import { rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type * as properLockfile from 'proper-lockfile';
import { BusyError, ConfigError } from '../errors.ts';
import { remedy } from './folder.ts';
import { privateFolder, readPrivate, writePrivate } from './private-file.ts';
import type { Logger } from '../model/log.ts';

const require = createRequire(import.meta.url);

/** Loaded only by a command that takes a lock. */
function lockFile(path: string, options: properLockfile.LockOptions): Promise<() => Promise<void>> {
  return (require('proper-lockfile') as typeof properLockfile).lock(path, options);
}

type Owner = { readonly pid: number; readonly host: string };

/** A holder that does not touch its lock for so long counts as dead, on another host too. */
const STALE = 60_000;

// A file has reached the limit of `ulimit -f`. Node passes this signal over, so that the write is an error as any other.
// proper-lockfile, by way of signal-exit, ends the process on it, unless somebody else listens too.
process.on('SIGXFSZ', () => undefined);

/**
 * Takes a source's lock of this state directory. It is advisory: the fence against two writers is in the database. A lock whose
 * holder is dead is taken over at once on the same host, after a minute otherwise.
 * @returns a function that frees it.
 * @throws BusyError where a living process holds it, ConfigError where STATE_DIR can't be written.
 */
export async function takeLock(
  stateDir: string,
  log: Logger,
  source = FIRST_SOURCE,
): Promise<() => Promise<void>> {
  const { path, ownerFile } = filesOf(stateDir, source);
  try {
    privateFolder(stateDir);
    const release = await acquire(stateDir, path, ownerFile, log);
    const free = () => letGo(ownerFile, release, log);
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
      hint: remedy(cause, 'STATE_DIR'),
    });
  }
}

/** Its files are those of versions before there were several sources. */
const FIRST_SOURCE = 'trestle';

function filesOf(stateDir: string, source: string): { path: string; ownerFile: string } {
  const name = source === FIRST_SOURCE ? 'run' : `run-${source}`;
  return { path: join(stateDir, `${name}.lock`), ownerFile: join(stateDir, `${name}.json`) };
}

/** A run that is done has not failed because the host's files are gone or can't be written any more. */
async function letGo(ownerFile: string, release: () => Promise<void>, log: Logger): Promise<void> {
  try {
    try {
      rmSync(ownerFile, { force: true });
    } finally {
      // Lost to another process (a stopped clock, a long pause): nothing left to free.
      await release();
    }
  } catch (err) {
    log.warn({ err }, 'the lock was lost before it was freed');
  }
}

async function acquire(
  stateDir: string,
  path: string,
  ownerFile: string,
  log: Logger,
): Promise<() => Promise<void>> {
  const take = () =>
    lockFile(stateDir, {
      lockfilePath: path,
      stale: STALE,
      update: 10_000,
      realpath: false,
      // The default throws from a timer. A stolen lock costs no data: the watermark's version fences this run off.
      onCompromised: (err) => log.warn({ err }, 'another process took the lock'),
    });
  const release = await unlessHeld(take);
  if (release !== undefined) return release;
  const owner = readPrivate(ownerFile) as Partial<Owner> | undefined;
  if (isDead(owner) && isNamedAfter(ownerFile, path)) {
    const taken = await takeOver(stateDir, path, ownerFile, take, log);
    if (taken !== undefined) return taken;
  }
  const who = owner?.pid === undefined ? '' : ` (process ${owner.pid} on ${owner.host})`;
  throw new BusyError(`another run is active${who}`, {
    op: 'lock',
    hint: 'trestle-etl status shows it; this run did nothing',
  });
}

/** How a lock stands. */
export type LockLook = {
  /** The folder that is the lock. */
  readonly path: string;
  /** `dead`: left by a process of this machine that is gone. `silent`: not touched for too long, or in the future. */
  readonly state: 'free' | 'held' | 'dead' | 'silent';
  readonly owner: Partial<Owner> | undefined;
  /** Milliseconds since it was last touched. */
  readonly age: number;
};

/** Reads the state of a source's lock, without taking it. */
export function lookAtLock(stateDir: string, now: number, source = FIRST_SOURCE): LockLook {
  const { path, ownerFile } = filesOf(stateDir, source);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return { path, state: 'free', owner: undefined, age: 0 };
  const owner = readPrivate(ownerFile) as Partial<Owner> | undefined;
  const age = now - found.mtimeMs;
  if (isDead(owner) && isNamedAfter(ownerFile, path)) return { path, state: 'dead', owner, age };
  return { path, state: Math.abs(age) > STALE ? 'silent' : 'held', owner, age };
}

/**
 * Takes the lock that a dead process left. One process at a time: else the second one would remove the first one's new
 * lock for the dead one's, which it has seen a moment ago.
 */
async function takeOver(
  stateDir: string,
  path: string,
  ownerFile: string,
  take: () => Promise<() => Promise<void>>,
  log: Logger,
): Promise<(() => Promise<void>) | undefined> {
  // proper-lockfile knows its locks by the file that they are for, not by their own path: another name than the lock's.
  const onCompromised = (err: Error): void => log.warn({ err }, 'another process took the lock');
  const done = await unlessHeld(() =>
    lockFile(join(stateDir, 'takeover'), { stale: 10_000, realpath: false, onCompromised }),
  );
  if (done === undefined) return undefined;
  try {
    const owner = readPrivate(ownerFile) as Partial<Owner> | undefined;
    if (!isDead(owner) || !isNamedAfter(ownerFile, path)) return undefined;
    log.warn({ owner }, 'taking over the lock of a dead process');
    // First the name, then the lock: a third process must not take this one for dead.
    writePrivate(ownerFile, { pid: process.pid, host: hostname() } satisfies Owner);
    rmSync(path, { recursive: true, force: true });
    return await unlessHeld(take);
  } finally {
    await done();
  }
}

async function unlessHeld<T>(take: () => Promise<T>): Promise<T | undefined> {
  try {
    return await take();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    throw error;
  }
}

function isDead(owner: Partial<Owner> | undefined): boolean {
  return owner?.host === hostname() && typeof owner.pid === 'number' && !isAlive(owner.pid);
}

/** A name older than the lock is that of an earlier holder: this one has not written its own yet. */
function isNamedAfter(ownerFile: string, lock: string): boolean {
  try {
    return statSync(ownerFile).mtimeMs >= statSync(lock).birthtimeMs;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
