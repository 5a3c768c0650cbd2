import type { Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { FatalError, RetryableError } from '../../errors.ts';
import { formatSize } from '../../lib/size.ts';
import type { OpenFile } from './open.ts';
import { dropPart, type FileRecord, openPart } from './part.ts';
import type { Throttle } from './throttle.ts';

export type ReceiveOptions = {
  readonly throttle: Throttle;
  /** Free bytes on the disk of the files; undefined: not known. */
  readonly freeBytes: () => number | undefined;
  /** Bytes that stay free. */
  readonly minFree: number;
};

export type Reception = {
  readonly file: string;
  readonly record: FileRecord;
  /** Where the body starts in the file. */
  readonly place: number;
  /** Length of the file; undefined: not known until its end. */
  readonly total: number | undefined;
  /** Of the bytes before `place`; updated with each stored byte. */
  readonly hash: Hash;
  readonly onBytes: (stored: number) => void;
};

const SPACE_CHECK_BYTES = 16 * 1024 * 1024;

/**
 * Appends a body to the part of a file, on disk when it returns.
 * @returns the length of the file.
 * @throws RetryableError if the body breaks, or has another length than announced; FatalError if the disk is full.
 */
export async function receive(
  options: ReceiveOptions,
  reception: Reception,
  answer: OpenFile,
  signal: AbortSignal,
): Promise<number> {
  const { file, record, place, total, hash, onBytes } = reception;
  ensureSpace(options, (total ?? place) - place);
  const handle = await storing(() => openPart(file, record, place));
  let length = place;
  let checked = place;
  try {
    for await (const chunk of answer.body) {
      if (length + chunk.length > (total ?? Infinity)) {
        dropPart(file);
        throw lengthError(answer, `more than the announced ${total} bytes`);
      }
      await storing(() => writeAll(handle, chunk, length));
      length += chunk.length;
      hash.update(chunk);
      onBytes(length);
      if (length - checked >= SPACE_CHECK_BYTES) {
        ensureSpace(options, 0);
        checked = length;
      }
      await options.throttle(chunk.length, signal);
      signal.throwIfAborted();
    }
    if (length < (total ?? length)) throw lengthError(answer, `the body ended at byte ${length} of ${total}`);
    await storing(() => handle.sync());
    return length;
  } finally {
    await handle.close();
  }
}

function lengthError({ url }: OpenFile, reason: string): RetryableError {
  return new RetryableError(`${url.host}${url.pathname}: ${reason}`, {
    op: 'download',
    code: 'no-connection',
    hint: 'the next run resumes the download',
  });
}

async function writeAll(handle: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
}

/** @throws FatalError if fewer than `minFree` bytes would stay free after `needed` more. */
function ensureSpace({ freeBytes, minFree }: ReceiveOptions, needed: number): void {
  const free = freeBytes();
  if (free === undefined || free - needed >= minFree) return;
  const text = needed === 0 ? '' : `the download needs ${formatSize(needed)}, `;
  throw new FatalError(`${text}${formatSize(free)} are free, and ${formatSize(minFree)} must stay free`, {
    op: 'download',
    hint: 'free some space; the next run resumes the download',
  });
}

/** Runs an operation on the part. @throws FatalError with the system's error as its cause. */
export async function storing<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    throw new FatalError(`the download cannot be stored: ${(cause as Error).message}`, {
      op: 'download',
      cause,
      hint: 'check the rights and the free space of its folder',
    });
  }
}
