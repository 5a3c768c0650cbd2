import type { FileHandle } from 'node:fs/promises';
import type { ArchiveLimits, Member } from './archive.ts';
import { checkContent } from './content.ts';
import { detectFormat, FORMAT_BYTES, type Format } from './format.ts';
import { gunzip, readRange } from './inflate.ts';
import { openPackedTar } from './tar-archive.ts';
import { slice } from './tar-readers.ts';

/** Opens a GZ file: a TAR archive, or one member that has the name of the file without `.gz`. */
export async function openGzip(
  name: string,
  handle: FileHandle,
  size: number,
  limits: ArchiveLimits,
): Promise<Member[]> {
  const unpack = (): AsyncGenerator<Buffer> => gunzip(name, readRange(handle, 0, size), size, limits);
  if ((await detectContent(unpack())) === 'tar') return openPackedTar(name, unpack, limits);
  const path = name.replace(/\.gz$/i, '');
  const open = (signal: AbortSignal): AsyncIterable<Buffer> =>
    checkContent(unpack(), { title: name, bytes: undefined, crc: undefined }, signal);
  return [{ name: path, path, bytes: undefined, crc: undefined, open }];
}

async function detectContent(chunks: AsyncIterable<Buffer>): Promise<Format> {
  let start: Buffer = Buffer.alloc(0);
  for await (const piece of slice(chunks, 0, FORMAT_BYTES)) start = Buffer.concat([start, piece]);
  return detectFormat(start);
}
