import { stat } from 'node:fs/promises';
import { ConfigError } from '../../../errors.ts';
import type { Clock } from '../../../model/clock.ts';

/** What a look at a file shows. */
export type Look = {
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly mtime: number;
};

/** Time between two looks at a file. */
const LOOK_PAUSE_MS = 2_000;
/** A file that was written within this time may still be written. */
const MIN_AGE_MS = 10_000;

/** @returns undefined if there is no file. @throws ConfigError if its folder cannot be read. */
export async function lookAt(path: string): Promise<Look | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? { size: found.size, mtime: found.mtimeMs } : undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new ConfigError(`${path} cannot be read: ${(error as Error).message}`, {
      op: 'read CSV',
      cause: error,
      hint: 'check the rights of the file and of its folders',
    });
  }
}

export function isSameLook(one: Look, other: Look): boolean {
  return one.size === other.size && one.mtime === other.mtime;
}

/**
 * Finds the files that are complete: two looks show the same, and the last change is some time ago. An empty file is about to
 * be written. A time in the future is the fault of a clock.
 * @returns the paths of those that may still be written.
 */
export async function findUnsettled(
  files: readonly { readonly path: string; readonly look: Look }[],
  clock: Clock,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  if (files.length === 0) return new Set();
  const young = files.filter(({ look }) => !isOld(look, clock.now()));
  const others = files.filter((file) => !young.includes(file));
  const unsettled = new Set(young.map(({ path }) => path));
  if (others.length === 0) return unsettled;
  await clock.sleep(LOOK_PAUSE_MS, signal);
  for (const { path, look } of others) {
    const again = await lookAt(path);
    if (again === undefined || !isSameLook(look, again)) unsettled.add(path);
  }
  return unsettled;
}

function isOld({ size, mtime }: Look, now: number): boolean {
  return size > 0 && Math.abs(now - mtime) >= MIN_AGE_MS;
}
