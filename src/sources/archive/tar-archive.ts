import type { FileHandle } from 'node:fs/promises';
import { type ArchiveLimits, type Member, toMembers } from './archive.ts';
import { checkContent } from './content.ts';
import { readRange } from './inflate.ts';
import { listTar, type TarEntry } from './tar.ts';
import { createFileReader, createStreamReader, slice } from './tar-readers.ts';

/** Lists the members of a TAR archive; each one is read from its place. */
export async function openTar(
  name: string,
  handle: FileHandle,
  size: number,
  limits: ArchiveLimits,
): Promise<Member[]> {
  const entries = await listTar(name, createFileReader(handle, size), limits);
  const read = ({ offset, bytes }: TarEntry) => readRange(handle, offset, offset + bytes);
  return toTarMembers(name, entries, limits, read);
}

/** Unpacks a packed TAR archive once to list its members, and again up to each one that is read. */
export async function openPackedTar(
  name: string,
  unpack: () => AsyncGenerator<Buffer>,
  limits: ArchiveLimits,
): Promise<Member[]> {
  const chunks = unpack();
  const entries = await listTar(name, createStreamReader(chunks), limits);
  // The rest, with the checksum at its end.
  while ((await chunks.next()).done !== true);
  return toTarMembers(name, entries, limits, ({ offset, bytes }) => slice(unpack(), offset, bytes));
}

function toTarMembers(
  name: string,
  entries: readonly TarEntry[],
  limits: ArchiveLimits,
  read: (entry: TarEntry) => AsyncIterable<Buffer>,
): Member[] {
  const members = entries.map((entry) => {
    const { path, bytes } = entry;
    const open = (title: string, signal: AbortSignal): AsyncIterable<Buffer> =>
      checkContent(read(entry), { title, bytes, crc: undefined }, signal);
    return { path, bytes, crc: undefined, open };
  });
  return toMembers(name, members, limits);
}
