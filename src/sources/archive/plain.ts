import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Archive, Member } from './archive.ts';
import { checkContent } from './content.ts';
import { readRange } from './inflate.ts';

/** A plain file as a member. */
export function toPlainMember(name: string, handle: FileHandle, bytes: number): Member {
  const read = (signal: AbortSignal): AsyncIterable<Buffer> =>
    checkContent(readRange(handle, 0, bytes), { title: name, bytes, crc: undefined }, signal);
  return { name, path: name, bytes, crc: undefined, open: read };
}

/** The user's own folder: its files, without those in folders below. */
export async function openFolder(folder: string): Promise<Archive> {
  const names = await readdir(folder);
  const members: Member[] = [];
  for (const name of names.toSorted()) {
    const found = await stat(join(folder, name));
    if (found.isFile()) members.push(toFolderMember(folder, name, found.size));
  }
  return { members, close: async () => undefined };
}

function toFolderMember(folder: string, name: string, bytes: number): Member {
  const path = `${basename(folder)}/${name}`;
  async function* read(signal: AbortSignal): AsyncGenerator<Buffer> {
    const handle = await open(join(folder, name), 'r');
    try {
      yield* toPlainMember(path, handle, bytes).open(signal);
    } finally {
      await handle.close();
    }
  }
  return { name, path, bytes, crc: undefined, open: read };
}
