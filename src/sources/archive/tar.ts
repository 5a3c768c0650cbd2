import { type ArchiveLimits, damage, ensureCount, refusal, specialFile, UNPACK_HINT } from './archive.ts';
import { BLOCK_BYTES, isTarHeader, readPax, readTarHeader, readText, type TarHeader } from './tar-header.ts';

export type TarEntry = { readonly path: string; readonly bytes: number; readonly offset: number };

/** Reads the bytes of an archive in order. */
export type TarReader = {
  /** Bytes before the next one. */
  offset(): number;
  /** Fewer at the end. */
  read(bytes: number): Promise<Buffer>;
  /** Returns false if the archive ends before. */
  skip(bytes: number): Promise<boolean>;
};

/** Long names and pax headers are at most this long: they are held in memory. */
const MAX_META_BYTES = 1024 * 1024;

/**
 * Lists the files and folders of a TAR archive; the path of a folder ends in a slash.
 * @throws DamagedFileError if it is cut off or a header is damaged; FatalError for links, special files and sparse files.
 */
export async function listTar(
  archive: string,
  reader: TarReader,
  limits: ArchiveLimits,
): Promise<TarEntry[]> {
  const found: TarEntry[] = [];
  const global = new Map<string, string>();
  let local = new Map<string, string>();
  for (;;) {
    const header = await readHeader(archive, reader);
    if (header === undefined) return found;
    const meta = await readMeta(archive, reader, header);
    if (meta !== undefined) {
      const target = header.type === 'g' ? global : local;
      for (const [key, value] of meta) target.set(key, value);
      continue;
    }
    const entry = toEntry(archive, header, new Map([...global, ...local]), reader.offset());
    local = new Map();
    found.push(entry);
    ensureCount(archive, found.length, limits);
    if (!(await reader.skip(toBlocks(entry.bytes)))) throw damage(archive, `it is cut off in ${entry.path}`);
  }
}

/** Undefined at the end, which is a block of zeros. */
async function readHeader(archive: string, reader: TarReader): Promise<TarHeader | undefined> {
  const block = await reader.read(BLOCK_BYTES);
  if (block.length < BLOCK_BYTES) throw damage(archive, 'it is cut off: its end mark is missing');
  if (block.every((byte) => byte === 0)) return undefined;
  if (!isTarHeader(block)) throw damage(archive, `the header at byte ${reader.offset()} is damaged`);
  return readTarHeader(block);
}

/** Reads a header that describes the next one: pax records, or a long name. Undefined for any other header. */
async function readMeta(
  archive: string,
  reader: TarReader,
  { type, size = 0 }: TarHeader,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (!['x', 'g', 'L', 'K'].includes(type)) return undefined;
  if (size > MAX_META_BYTES) throw damage(archive, `a header has ${size} bytes`);
  const data = await reader.read(toBlocks(size));
  if (data.length < size) throw damage(archive, 'it is cut off in a header');
  const bytes = data.subarray(0, size);
  if (type === 'K') return new Map();
  const meta = type === 'L' ? new Map([['path', readText(bytes) ?? '\uFFFD']]) : readPax(bytes);
  if (meta === undefined) throw damage(archive, 'a pax header is damaged');
  return meta;
}

function toEntry(
  archive: string,
  header: TarHeader,
  meta: ReadonlyMap<string, string>,
  offset: number,
): TarEntry {
  // toMembers refuses names with this character.
  const path = meta.get('path') ?? header.path ?? '\uFFFD';
  if (header.type === '5') return { path: path.replace(/\/?$/, '/'), bytes: 0, offset };
  if (header.type !== '0') throw specialFile(archive, path);
  if ([...meta.keys()].some((key) => key.startsWith('GNU.sparse.'))) {
    throw refusal(archive, `${path} is a sparse file, which is not supported`, UNPACK_HINT);
  }
  const stated = meta.get('size');
  const bytes = stated === undefined ? header.size : /^\d{1,15}$/.test(stated) ? Number(stated) : undefined;
  if (bytes === undefined) throw damage(archive, `the size of ${path} is not a number`);
  return { path, bytes, offset };
}

function toBlocks(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}
