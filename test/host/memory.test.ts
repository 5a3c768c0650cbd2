import { mkdirSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFreeMemory } from '../../src/host/memory.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';

const MB = 1024 ** 2;
/** A container of 512 MB that is filled by its page cache. */
const FULL = { available: 20 * MB, limit: 512 * MB, total: 8192 * MB };

/** Creates the files of a file system that describe control groups. */
function rootWith(files: Readonly<Record<string, string>>): string {
  const root = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const V2 = `anon 419430400\nfile 83886080\nactive_file 10485760\ninactive_file ${70 * MB}\n`;
const V1 = `cache 100\ninactive_file 12288\ntotal_mapped_file 5\ntotal_inactive_file ${70 * MB}\n`;

describe('promise 22: the page cache of a container counts as free memory', () => {
  test.each([
    ['version 2', { 'proc/self/cgroup': '0::/a.slice/b\n', 'sys/fs/cgroup/a.slice/b/memory.stat': V2 }],
    [
      'version 2, seen from inside, with the path that it has outside',
      { 'proc/self/cgroup': '0::/../c.scope\n', 'sys/fs/cgroup/memory.stat': V2 },
    ],
    [
      'version 1, with the groups below it',
      {
        'proc/self/cgroup': '9:name=systemd:/x\n4:hugetlb,memory:/docker/1\n0::/\n',
        'sys/fs/cgroup/memory/docker/1/memory.stat': V1,
        'sys/fs/cgroup/memory.stat': V2.replace(String(70 * MB), '1'),
      },
    ],
    [
      'version 1, seen from inside',
      { 'proc/self/cgroup': '4:memory:/docker/1\n', 'sys/fs/cgroup/memory/memory.stat': V1 },
    ],
  ])('control groups of %s', (_, files) => {
    expect(readFreeMemory(FULL, 'linux', rootWith(files))).toBe(90 * MB);
  });

  test('without a limit it is already part of Node’s figure', () => {
    const files = { 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/memory.stat': V2 };
    for (const limit of [0, 2 ** 64, 9000 * MB]) {
      expect(readFreeMemory({ ...FULL, limit }, 'linux', rootWith(files))).toBe(20 * MB);
    }
  });
});

describe('unknown memory is sufficient', () => {
  test('if the group does not report its cache', () => {
    expect(readFreeMemory(FULL, 'linux', rootWith({}))).toBe(Infinity);
    const files = { 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/memory.stat': 'anon 5\n' };
    expect(readFreeMemory(FULL, 'linux', rootWith(files))).toBe(Infinity);
  });

  test('if Node reports 0, and on macOS', () => {
    expect(readFreeMemory({ available: 0, limit: 0, total: 8192 * MB }, 'linux')).toBe(Infinity);
    expect(readFreeMemory({ ...FULL, limit: 0 }, 'darwin')).toBe(Infinity);
  });
});

test('this machine has free memory', () => {
  const free = readFreeMemory(undefined, 'linux');
  expect(free).toBeGreaterThan(10 * MB);
  if (free !== Infinity) expect(free).toBeLessThanOrEqual(totalmem());
});
