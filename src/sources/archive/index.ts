import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Archive, type ArchiveLimits, damage, refusal, UNPACK_HINT } from './archive.ts';
import { ensureText } from './content.ts';
import { detectFormat, FORMAT_BYTES } from './format.ts';
import { openGzip } from './gzip.ts';
import { openFolder, toPlainMember } from './plain.ts';
import { openTar } from './tar-archive.ts';
import { openZip } from './zip.ts';

export type { Archive, ArchiveLimits, Member } from './archive.ts';

/**
 * Opens a ZIP, TAR, TAR.GZ or GZ archive, a plain file as its only member, or a folder. The format is found by content, not by
 * name. Nothing is written. A TAR.GZ has no directory: it is unpacked once to list its members, and again up to each member
 * that is read.
 * @throws DamagedFileError if it is cut off or damaged; FatalError if it is refused: another format, links, paths that could
 *   leave a folder, or more than the limits allow.
 */
export async function openArchive(file: string, limits: ArchiveLimits): Promise<Archive> {
  const name = basename(file);
  const found = await stat(file).catch((cause: unknown) => {
    throw refusal(name, `it cannot be read: ${(cause as Error).message}`, 'check the path', cause);
  });
  if (found.isDirectory()) return openFolder(file);
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw refusal(name, `it cannot be read: ${(cause as Error).message}`, 'check its rights', cause);
  });
  try {
    return await openFile(name, handle, found.size, limits);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openFile(
  name: string,
  handle: FileHandle,
  size: number,
  limits: ArchiveLimits,
): Promise<Archive> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(FORMAT_BYTES), 0, FORMAT_BYTES, 0);
  const start = buffer.subarray(0, bytesRead);
  const format = detectFormat(start);
  const close = (): Promise<void> => handle.close();
  if (format === 'zip') return { members: await openZip(name, handle, limits), close };
  if (format === 'gzip') return { members: await openGzip(name, handle, size, limits), close };
  if (format === 'tar') return { members: await openTar(name, handle, size, limits), close };
  if (format === 'empty') throw damage(name, 'it is empty');
  if (format !== 'text' && format !== 'HTML') {
    throw refusal(name, `it is a ${format} archive, which is not supported`, UNPACK_HINT);
  }
  ensureText(name, start);
  if (/\.(?:zip|t?gz|tar|7z|rar)$/i.test(name)) throw damage(name, 'it is not an archive');
  return { members: [toPlainMember(name, handle, size)], close };
}
