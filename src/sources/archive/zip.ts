import type { FileHandle } from 'node:fs/promises';
import type { Entry, ZipFile } from 'yauzl';
import {
  type ArchiveLimits,
  damage,
  ensureCount,
  ensureRatio,
  HOSTILE_HINT,
  type Member,
  refusal,
  specialFile,
  toMembers,
  UNPACK_HINT,
} from './archive.ts';
import { checkContent } from './content.ts';
import { inflate, readRange } from './inflate.ts';

/** Methods by their number (APPNOTE.TXT 4.4.5). */
const METHODS: Readonly<Record<number, string>> = {
  1: 'Shrink',
  6: 'Implode',
  9: 'Deflate64',
  12: 'BZIP2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'XZ',
  98: 'PPMd',
  99: 'AES encryption',
};
const STORED = 0;
const DEFLATED = 8;

/** Local headers have at least this many bytes before the name. */
const LOCAL_HEADER_BYTES = 30;

/** The type of a file in its Unix mode. */
const TYPE_MASK = 0o170000;
const PLAIN_TYPES: ReadonlySet<number> = new Set([0, 0o100000, 0o040000]);

type ZipEntry = { readonly entry: Entry; readonly path: string };

/**
 * Opens a ZIP archive, also ZIP64: reads its directory at the end, which a torn archive does not have.
 * @throws DamagedFileError without a directory; FatalError for what is refused.
 */
export async function openZip(archive: string, handle: FileHandle, limits: ArchiveLimits): Promise<Member[]> {
  const { fromFdPromise, getFileNameLowLevel } = await import('yauzl');
  const fail = (error: unknown): never => {
    throw damage(archive, `its directory cannot be read: ${(error as Error).message}`, error);
  };
  // Names stay bytes: yauzl would turn backslashes into slashes.
  const zip = await fromFdPromise(handle.fd, { autoClose: false, decodeStrings: false }).catch(fail);
  ensureCount(archive, zip.entryCount, limits);
  const all: ZipEntry[] = [];
  const entries = zip.eachEntry();
  for (;;) {
    const next = await entries.next().catch(fail);
    if (next.done === true) break;
    const { generalPurposeBitFlag, fileNameRaw, extraFields } = next.value;
    const path = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
    ensurePlain(archive, next.value, path);
    all.push({ entry: next.value, path });
  }
  ensureApart(archive, all);
  for (const { entry, path } of all) {
    ensureRatio(`${archive}: ${path}`, entry.uncompressedSize, entry.compressedSize, limits);
  }
  const found = all.map(({ entry, path }) => ({
    path,
    bytes: entry.uncompressedSize,
    crc: entry.crc32,
    open: (title: string, signal: AbortSignal) => readMember(title, handle, zip, entry, signal),
  }));
  return toMembers(archive, found, limits);
}

async function* readMember(
  title: string,
  handle: FileHandle,
  zip: ZipFile,
  entry: Entry,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const { compressionMethod: method, compressedSize, uncompressedSize: bytes, crc32: crc } = entry;
  if (entry.isEncrypted()) throw refusal(title, 'it is encrypted', UNPACK_HINT);
  if (method !== STORED && method !== DEFLATED) {
    const name = METHODS[method] ?? `method ${method}`;
    throw refusal(title, `it is compressed with ${name}, which is not supported`, UNPACK_HINT);
  }
  const { fileDataStart: start } = await zip
    .readLocalFileHeaderPromise(entry, { minimal: true })
    .catch((error: unknown) => {
      throw damage(title, `its header cannot be read: ${(error as Error).message}`, error);
    });
  const packed = readRange(handle, start, start + compressedSize);
  const content = method === STORED ? packed : inflate(title, packed);
  yield* checkContent(content, { title, bytes, crc }, signal);
}

/** @throws FatalError for a link and other special files, by the mode of the file on Unix. */
function ensurePlain(archive: string, { externalFileAttributes }: Entry, path: string): void {
  const type = (externalFileAttributes >>> 16) & TYPE_MASK;
  if (!PLAIN_TYPES.has(type)) throw specialFile(archive, path);
}

/** Members that share their bytes unpack to many times the size of the archive. @throws FatalError */
function ensureApart(archive: string, entries: readonly ZipEntry[]): void {
  const sorted = entries
    .map(({ entry, path }) => {
      const start = entry.relativeOffsetOfLocalHeader;
      return { path, start, end: start + LOCAL_HEADER_BYTES + entry.fileNameLength + entry.compressedSize };
    })
    .toSorted((a, b) => a.start - b.start);
  sorted.forEach(({ path, start }, index) => {
    const before = sorted[index - 1];
    if (before === undefined || start >= before.end) return;
    const reason = `${path} and ${before.path} share the same bytes`;
    throw refusal(archive, reason, HOSTILE_HINT);
  });
}
