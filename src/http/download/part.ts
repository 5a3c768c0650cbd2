import { createHash, type Hash } from 'node:crypto';
import { createReadStream, lstatSync, rmSync } from 'node:fs';
import { constants, type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makePrivateFolder, readPrivate, writePrivate } from '../../host/private-file.ts';
import type { Validators } from './validators.ts';

/** What is known of a file, or of a part of it. */
export type FileRecord = Validators & {
  /** As `identifyUrl` returns it. */
  readonly url: string;
  /** Value of `If-Range` to resume it; undefined: it cannot be resumed. */
  readonly ifRange: string | undefined;
  /** Undefined while it is a part. */
  readonly sha256: string | undefined;
};

/** The start of a file. */
export type Part = { readonly record: FileRecord; readonly length: number };

/** Identifies an address without its query, which may have a key. */
export function identifyUrl(url: string): string {
  const { origin, pathname, search } = new URL(url);
  if (search === '') return url;
  return `${origin}${pathname}#${createHash('sha256').update(search).digest('hex').slice(0, 16)}`;
}

const partOf = (file: string): string => `${file}.part`;
const partRecordOf = (file: string): string => `${file}.part.json`;
const recordOf = (file: string): string => `${file}.json`;

/**
 * Finds the part of a file that an earlier attempt left. Removes a part that cannot be resumed: without a record, of another
 * address, without a usable validator, or longer than the file.
 */
export function findPart(file: string, url: string): Part | undefined {
  const length = sizeOf(partOf(file));
  if (length === undefined) return undefined;
  const record = readRecord(partRecordOf(file));
  const isUsable =
    record !== undefined &&
    record.url === identifyUrl(url) &&
    record.ifRange !== undefined &&
    length > 0 &&
    length <= (record.bytes ?? Infinity);
  if (isUsable) return { record, length };
  dropPart(file);
  return undefined;
}

/** Finds the record of a whole file: length and SHA-256 of the file on disk are those of the record. */
export async function findWhole(
  file: string,
  url: string,
  signal: AbortSignal,
): Promise<FileRecord | undefined> {
  const length = sizeOf(file);
  if (length === undefined) return undefined;
  // If a process was killed between the two renames, the record still has the name of a part's.
  const records = [partRecordOf(file), recordOf(file)].flatMap((path) => readRecord(path) ?? []);
  const candidates = records.filter(
    (each) => each.url === identifyUrl(url) && each.bytes === length && each.sha256,
  );
  if (candidates.length === 0) return undefined;
  const sha256 = (await hashFile(file, length, signal)).digest('hex');
  return candidates.find((each) => each.sha256 === sha256);
}

/** Opens the part for writing after `place` bytes, and stores its record first. */
export async function openPart(file: string, record: FileRecord, place: number): Promise<FileHandle> {
  makePrivateFolder(dirname(file));
  // A part without its record is thrown away: the record must never describe another part.
  if (place === 0) dropPart(file);
  writePrivate(partRecordOf(file), record);
  // A link that another user put there is not followed.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
  const handle = await open(partOf(file), flags, 0o600);
  await handle.truncate(place);
  return handle;
}

/** Turns a whole, synced part into the file. After a kill in between, `findWhole` or `findPart` finds it. */
export async function publishPart(file: string, record: FileRecord): Promise<void> {
  writePrivate(partRecordOf(file), record);
  await rename(partOf(file), file);
  await rename(partRecordOf(file), recordOf(file));
  await syncFolder(dirname(file));
}

/** Hashes the first `length` bytes of a part. */
export function hashPart(file: string, length: number, signal: AbortSignal): Promise<Hash> {
  return hashFile(partOf(file), length, signal);
}

export async function syncPart(file: string): Promise<void> {
  const handle = await open(partOf(file), 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function dropPart(file: string): void {
  rmSync(partOf(file), { force: true });
  rmSync(partRecordOf(file), { force: true });
}

/** Removes a file with everything that was stored about it, so that the next download starts from nothing. */
export function dropDownload(file: string): void {
  dropPart(file);
  rmSync(recordOf(file), { force: true });
  rmSync(file, { force: true });
}

async function hashFile(path: string, length: number, signal: AbortSignal): Promise<Hash> {
  const hash = createHash('sha256');
  if (length === 0) return hash;
  const stream = createReadStream(path, { end: length - 1, highWaterMark: 1024 * 1024 });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    hash.update(chunk);
  }
  return hash;
}

/** Undefined unless it is a regular file; links are not followed. */
function sizeOf(path: string): number | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true ? found.size : undefined;
}

function readRecord(path: string): FileRecord | undefined {
  const found = readPrivate(path) as Partial<Record<keyof FileRecord, unknown>> | null | undefined;
  const textOf = (name: keyof FileRecord): string | undefined => {
    const value = found?.[name];
    return typeof value === 'string' ? value : undefined;
  };
  const url = textOf('url');
  if (url === undefined) return undefined;
  return {
    url,
    etag: textOf('etag'),
    lastModified: textOf('lastModified'),
    bytes: Number.isSafeInteger(found?.bytes) ? (found?.bytes as number) : undefined,
    ifRange: textOf('ifRange'),
    sha256: textOf('sha256'),
  };
}

/** Makes the renames durable. Some systems cannot sync a folder: then they are durable later. */
async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Nothing depends on it: a lost rename leaves a whole part.
  }
}
