import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';

/** Node's figures for the memory of this process, in bytes. */
type ProcessMemory = { readonly available: number; readonly limit: number; readonly total: number };

/**
 * Reads the bytes of memory that this process can allocate, within the container's limit if there is one. With such a limit Node
 * counts the page cache as used (libuv's uv_get_available_memory), although the kernel drops it when memory is needed: a
 * container that has read and written files for a while would always seem full. macOS reports only completely unused pages,
 * which are always few: https://github.com/libuv/libuv/issues/3897.
 * @returns Infinity if it is unknown.
 */
export function readFreeMemory(
  { available, limit, total }: ProcessMemory = readProcessMemory(),
  platform: NodeJS.Platform = process.platform,
  root = '/',
): number {
  if (platform === 'darwin') return Infinity;
  const cache = limit > 0 && limit < total ? readPageCache(root) : 0;
  return cache === undefined || available + cache === 0 ? Infinity : available + cache;
}

function readProcessMemory(): ProcessMemory {
  return { available: process.availableMemory(), limit: process.constrainedMemory(), total: totalmem() };
}

/** The pages that the kernel drops first: https://docs.kernel.org/admin-guide/cgroup-v2.html, `memory.stat`. */
function readPageCache(root: string): number | undefined {
  const groups = read(join(root, 'proc/self/cgroup')) ?? '';
  const v1 = /^\d+:(?:\w+,)*memory(?:,\w+)*:(\/.*)$/m.exec(groups)?.[1];
  const [folder, path, name] =
    v1 === undefined
      ? ['sys/fs/cgroup', /^0::(\/.*)$/m.exec(groups)?.[1] ?? '', 'inactive_file']
      : ['sys/fs/cgroup/memory', v1, 'total_inactive_file'];
  // In a container, its own group can be the root, while its path is the one outside.
  const stat = read(join(root, folder, path, 'memory.stat')) ?? read(join(root, folder, 'memory.stat')) ?? '';
  const bytes = new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1];
  return bytes === undefined ? undefined : Number(bytes);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
