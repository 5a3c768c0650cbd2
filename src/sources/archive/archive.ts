import { DamagedFileError, FatalError } from '../../errors.ts';
import { baseName, describePathFault } from './member-path.ts';

/** What an archive may have at most. */
export type ArchiveLimits = {
  /** Bytes of all members together, unpacked. */
  readonly maxBytes: number;
  /** Unpacked to packed bytes of a member above 1 MB. */
  readonly maxRatio: number;
  readonly maxMembers: number;
};

/** An archive that is open for reading. Nothing is ever written. */
export type Archive = {
  readonly members: readonly Member[];
  close(): Promise<void>;
};

/** One file of an archive. */
export type Member = {
  /** Without folders. */
  readonly name: string;
  /** As the archive has it, for messages only. */
  readonly path: string;
  /** Undefined if only reading shows it. */
  readonly bytes: number | undefined;
  /** CRC-32; undefined if the format has none for a member. */
  readonly crc: number | undefined;
  /**
   * Reads its bytes, in chunks of 64 KB or more except for the last one. Length and CRC are checked at the end: what was
   * read is valid only when the iterator ends without an error.
   * @throws DamagedFileError if the member is damaged; FatalError if it cannot be unpacked; the signal's reason.
   */
  open(signal: AbortSignal): AsyncIterable<Buffer>;
};

/** Ratios are checked above this size: a short member can have any. */
export const MIN_RATIO_BYTES = 1024 * 1024;

/** The archive or member is not what we unpack; another download does not help. @param title archive, or archive and member. */
export function refusal(title: string, reason: string, hint: string, cause?: unknown): FatalError {
  return new FatalError(`${title}: ${reason}`, { op: 'unpack', hint, cause });
}

/** The archive or member is cut off or changed. */
export function damage(title: string, reason: string, cause?: unknown): DamagedFileError {
  return new DamagedFileError(`${title}: ${reason}`, {
    op: 'unpack',
    cause,
    hint: 'fetch the file again; if it is damaged again, it is damaged at its publisher',
  });
}

/** A hint for archives that other programs can unpack. */
export const UNPACK_HINT =
  'unpack it with 7z x ARCHIVE, and use the unpacked files instead (county files: --from FOLDER)';

export const HOSTILE_HINT = 'no honest archive has this: check where the file comes from';

type Entry = Omit<Member, 'name' | 'open'> & {
  readonly open: (title: string, signal: AbortSignal) => AsyncIterable<Buffer>;
};

/**
 * Checks paths, number and sizes of the entries of an archive, and returns its files. The path of a folder ends in a slash.
 * @throws FatalError for paths that could leave a folder, two entries of one path, or too many or too large entries.
 */
export function toMembers(archive: string, entries: readonly Entry[], limits: ArchiveLimits): Member[] {
  ensureCount(archive, entries.length, limits);
  const bytes = entries.reduce((sum, entry) => sum + (entry.bytes ?? 0), 0);
  ensureSize(archive, bytes, limits);
  ensurePaths(archive, entries);
  const files = entries.filter((entry) => !(entry.path.endsWith('/') && entry.bytes === 0));
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const name = baseName(path.toLowerCase());
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return files.map((entry) => {
    const name = baseName(entry.path);
    const title = `${archive}: ${entry.path}`;
    const open = (signal: AbortSignal): AsyncIterable<Buffer> => {
      if (counts.get(name.toLowerCase()) === 1) return entry.open(title, signal);
      throw refusal(title, `another folder of the archive also has ${name}`, UNPACK_HINT);
    };
    return { ...entry, name, open };
  });
}

function ensurePaths(archive: string, entries: readonly Entry[]): void {
  const paths = new Set<string>();
  for (const { path } of entries) {
    const fault = describePathFault(path.replace(/(?<=.)\/$/, ''));
    if (fault !== undefined)
      throw refusal(archive, `the name ${JSON.stringify(path)} ${fault}`, HOSTILE_HINT);
    const key = path.toLowerCase();
    if (paths.has(key)) throw refusal(archive, `two members have the name ${path}`, HOSTILE_HINT);
    paths.add(key);
  }
}

export function ensureCount(archive: string, count: number, { maxMembers }: ArchiveLimits): void {
  if (count > maxMembers) throw refusal(archive, `it has more than ${maxMembers} members`, HOSTILE_HINT);
}

export function ensureSize(archive: string, bytes: number, { maxBytes }: ArchiveLimits): void {
  if (bytes > maxBytes) {
    throw refusal(archive, `it unpacks to more than ${maxBytes} bytes`, HOSTILE_HINT);
  }
}

/** @param packed bytes that `bytes` were unpacked from. */
export function ensureRatio(title: string, bytes: number, packed: number, { maxRatio }: ArchiveLimits): void {
  if (bytes <= MIN_RATIO_BYTES || bytes <= packed * maxRatio) return;
  throw refusal(title, `it unpacks to more than ${maxRatio} times its size`, HOSTILE_HINT);
}

/** A link or another special file. */
export function specialFile(archive: string, path: string): FatalError {
  return refusal(archive, `${JSON.stringify(path)} is a link or another special file`, HOSTILE_HINT);
}
