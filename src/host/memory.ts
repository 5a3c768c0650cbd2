import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';

/** What Node says of this process's memory, in bytes. */
type Memory = { readonly available: number; readonly limit: number; readonly total: number };

/**
 * Bytes of memory that can be had: of the container, where it has a limit. Below such a limit Node counts the page cache
 * as used (libuv's uv_get_available_memory), which the system gives back wherever memory is asked for: a container that
 * has read and written files for a while would never have room. macOS tells of pages that hold nothing at all, and those
 * are always few: https://github.com/libuv/libuv/issues/3897.
 * @returns Infinity where it is not known.
 */
export function freeMemory(
  { available, limit, total }: Memory = ofProcess(),
  platform: NodeJS.Platform = process.platform,
  root = '/',
): number {
  if (platform === 'darwin') return Infinity;
  const cache = limit > 0 && limit < total ? pageCache(root) : 0;
  return cache === undefined || available + cache === 0 ? Infinity : available + cache;
}

function ofProcess(): Memory {
  return { available: process.availableMemory(), limit: process.constrainedMemory(), total: totalmem() };
}

/** What the kernel drops first: https://docs.kernel.org/admin-guide/cgroup-v2.html, `memory.stat`. */
function pageCache(root: string): number | undefined {
  const groups = read(join(root, 'proc/self/cgroup')) ?? '';
  const v1 = /^\d+:(?:\w+,)*memory(?:,\w+)*:(\/.*)$/m.exec(groups)?.[1];
  const [folder, path, name] =
    v1 === undefined
      ? ['sys/fs/cgroup', /^0::(\/.*)$/m.exec(groups)?.[1] ?? '', 'inactive_file']
      : ['sys/fs/cgroup/memory', v1, 'total_inactive_file'];
  // A container may see its own group as the root of all, and its path as it is outside.
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
