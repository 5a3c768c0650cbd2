import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeZip } from '../../shared/zip.ts';

export type Packing = 'none' | 'gzip' | 'zip';

/** Packs a file. A ZIP archive has a second member, which is not CSV. */
export async function pack(name: string, content: Buffer, packing: Packing): Promise<Buffer> {
  if (packing === 'none') return content;
  if (packing === 'gzip') return gzipSync(content);
  const folder = await mkdtemp(join(tmpdir(), 'trestle-sandbox-'));
  try {
    const file = join(folder, 'packed.zip');
    const members = [
      { name, chunks: () => [content] },
      { name: 'readme.txt', chunks: () => [Buffer.from('See the member that ends in .csv.\n')] },
    ];
    await writeZip(file, members, new AbortController().signal);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
