import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { createDiskStore } from '../../../../src/media/store/disk/create-disk-store.ts';
import { bytesOf, describeStore, factsOf, listPaths, memory, read, spool } from '../../store-conformance.ts';

const NEVER = new AbortController().signal;
const folders: string[] = [];
const mounts: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'media-store-'));
  folders.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of mounts.splice(0)) execFileSync('umount', ['-l', folder]);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describeStore('a folder', () => {
  const root = newFolder();
  return Promise.resolve({ store: createDiskStore(root), other: () => createDiskStore(root) });
});

const put = (root: string, path: string, bytes: Uint8Array): Promise<void> =>
  createDiskStore(root).put(path, memory(bytes), factsOf(bytes), NEVER);

describe('createDiskStore', () => {
  test('makes folders and files that a web server reads, with any umask', async () => {
    const root = newFolder();
    const umask = process.umask(0o077);
    onTestFinished(() => void process.umask(umask));
    const store = createDiskStore(root);
    await put(root, 'ab/cd/a.jpg', bytesOf(10, 1));
    await store.put('ab/ce/b.jpg', spool(store, 'b', bytesOf(10, 2)), factsOf(bytesOf(10, 2)), NEVER);
    expect(['ab', 'ab/cd', 'ab/ce'].map((path) => statSync(join(root, path)).mode & 0o777)).toEqual([
      0o755, 0o755, 0o755,
    ]);
    expect(['ab/cd/a.jpg', 'ab/ce/b.jpg'].map((path) => statSync(join(root, path)).mode & 0o777)).toEqual([
      0o644, 0o644,
    ]);
  });

  test('moves a spooled body', async () => {
    const store = createDiskStore(newFolder());
    await store.prepare(NEVER);
    const body = spool(store, 'film', bytesOf(1000, 1));
    const { ino } = statSync(body.file);
    await store.put('ab/cd/film.mp4', body, factsOf(bytesOf(1000, 1)), NEVER);
    expect(existsSync(body.file)).toBe(false);
    expect(statSync(join(store.name, 'ab/cd/film.mp4')).ino).toBe(ino);
  });

  test('replaces a file by another one: who has the old one open reads it to its end', async () => {
    const root = newFolder();
    const store = createDiskStore(root);
    await put(root, 'ab/cd/a.jpg', bytesOf(500_000, 1));
    const stream = (await store.open('ab/cd/a.jpg', NEVER))![Symbol.asyncIterator]();
    const parts = [(await stream.next()).value as Uint8Array];
    await put(root, 'ab/cd/a.jpg', bytesOf(10, 2));
    for (let next = await stream.next(); next.done !== true; next = await stream.next())
      parts.push(next.value);
    expect(bytesOf(500_000, 1).equals(Buffer.concat(parts))).toBe(true);
  });

  test('uses a root that is a link, and no link below it', async () => {
    const [real, outside] = [newFolder(), newFolder()];
    const root = join(newFolder(), 'photos');
    symlinkSync(real, root);
    await put(root, 'ab/cd/a.jpg', bytesOf(10, 1));
    expect(await listPaths(createDiskStore(root))).toEqual(['ab/cd/a.jpg']);

    symlinkSync(outside, join(real, 'ee'));
    mkdirSync(join(outside, 'ff'));
    writeFileSync(join(outside, 'ff/a.jpg'), 'not ours');
    const refusal = { name: 'ConfigError', hint: expect.stringContaining('replace the link') };
    const store = createDiskStore(root);
    await expect(put(root, 'ee/ff/a.jpg', bytesOf(10, 1))).rejects.toMatchObject(refusal);
    await expect(put(root, 'ee/00/a.jpg', bytesOf(10, 1))).rejects.toMatchObject(refusal);
    await expect(store.open('ee/ff/a.jpg', NEVER)).rejects.toMatchObject(refusal);
    await expect(store.remove(['ee/ff/a.jpg'], NEVER)).rejects.toMatchObject(refusal);
    expect(readFileSync(join(outside, 'ff/a.jpg'), 'utf8')).toBe('not ours');
    expect(readdirSync(outside)).toEqual(['ff']);
    expect(await listPaths(store)).toEqual(['ab/cd/a.jpg']);
  });

  test('replaces a link in the place of a file without following it', async () => {
    const root = newFolder();
    const outside = join(newFolder(), 'secret');
    writeFileSync(outside, 'not ours');
    mkdirSync(join(root, 'ab/cd'), { recursive: true });
    symlinkSync(outside, join(root, 'ab/cd/a.jpg'));
    const store = createDiskStore(root);
    expect(await store.open('ab/cd/a.jpg', NEVER)).toBeUndefined();
    await put(root, 'ab/cd/a.jpg', bytesOf(10, 1));
    expect(lstatSync(join(root, 'ab/cd/a.jpg')).isFile()).toBe(true);
    expect(readFileSync(outside, 'utf8')).toBe('not ours');
  });

  test('lists none of the files that it did not make', async () => {
    const root = newFolder();
    await put(root, 'ab/cd/a.jpg', bytesOf(10, 1));
    mkdirSync(join(root, 'lost+found'));
    for (const name of ['.htaccess', 'README', 'lost+found/x']) writeFileSync(join(root, name), '');
    expect(await listPaths(createDiskStore(root))).toEqual(['ab/cd/a.jpg']);
  });

  test('does not create a root: its disk may not be mounted', async () => {
    const root = join(newFolder(), 'photos');
    const refusal = { name: 'ConfigError', hint: expect.stringContaining(`mkdir -p ${root}`) };
    const store = createDiskStore(root);
    await expect(store.prepare(NEVER)).rejects.toMatchObject(refusal);
    await expect(put(root, 'ab/cd/a.jpg', bytesOf(10, 1))).rejects.toMatchObject(refusal);
    await expect(store.open('ab/cd/a.jpg', NEVER)).rejects.toMatchObject(refusal);
    await expect(store.remove(['ab/cd/a.jpg'], NEVER)).rejects.toMatchObject(refusal);
    await expect(store.check(NEVER)).rejects.toMatchObject(refusal);
    await expect(listPaths(store)).rejects.toMatchObject(refusal);
    expect(existsSync(root)).toBe(false);
  });

  test('reports a root that vanished while it was used', async () => {
    const root = newFolder();
    const store = createDiskStore(root);
    await store.put('ab/cd/a.jpg', memory(bytesOf(10, 1)), factsOf(bytesOf(10, 1)), NEVER);
    rmSync(root, { recursive: true });
    const refusal = { name: 'ConfigError', hint: expect.stringContaining('mount its disk') };
    await expect(store.open('ab/cd/a.jpg', NEVER)).rejects.toMatchObject(refusal);
    await expect(
      store.put('ab/cd/a.jpg', memory(bytesOf(10, 1)), factsOf(bytesOf(10, 1)), NEVER),
    ).rejects.toMatchObject(refusal);
  });

  test('reports a file in the place of a folder, and of the root', async () => {
    const root = newFolder();
    writeFileSync(join(root, 'ab'), '');
    writeFileSync(join(root, 'file'), '');
    await expect(put(root, 'ab/cd/a.jpg', bytesOf(10, 1))).rejects.toMatchObject({
      name: 'ConfigError',
      hint: expect.stringContaining('move it away'),
    });
    await expect(put(join(root, 'file'), 'ab/cd/a.jpg', bytesOf(10, 1))).rejects.toMatchObject({
      name: 'ConfigError',
    });
  });
});

/** A file system with 256 KB; undefined if this user may not mount one. */
function mountSmall(options: string): string | undefined {
  const folder = newFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0;
  if (mounted) mounts.push(folder);
  return mounted ? folder : undefined;
}

const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0;

describe.skipIf(!canMount)('a disk with a problem', () => {
  test('full: a clear error, the previous file stays, nothing is left, and there is room again after a removal', async () => {
    const root = mountSmall('size=256k')!;
    await put(root, 'ab/cd/a.jpg', bytesOf(100_000, 1));
    const full = { name: 'UnavailableError', hint: expect.stringContaining('free space') };
    await expect(put(root, 'ab/cd/a.jpg', bytesOf(500_000, 2))).rejects.toMatchObject(full);
    await expect(put(root, 'ab/cd/b.jpg', bytesOf(500_000, 2))).rejects.toMatchObject(full);
    const store = createDiskStore(root);
    expect(bytesOf(100_000, 1).equals((await read(store, 'ab/cd/a.jpg'))!)).toBe(true);
    expect(await listPaths(store)).toEqual(['ab/cd/a.jpg']);
    expect(readdirSync(store.spoolFolder)).toEqual([]);
    expect((await store.check(NEVER)).free).toBeLessThan(256 * 1024);
    await store.remove(['ab/cd/a.jpg'], NEVER);
    await put(root, 'ab/cd/b.jpg', bytesOf(200_000, 2));
  });

  test('read-only: a clear error', async () => {
    const root = mountSmall('size=256k')!;
    await put(root, 'ab/cd/a.jpg', bytesOf(10, 1));
    execFileSync('mount', ['-o', 'remount,ro', root]);
    const refusal = { name: 'ConfigError', hint: expect.stringContaining('read-only') };
    await expect(put(root, 'ab/cd/a.jpg', bytesOf(10, 2))).rejects.toMatchObject(refusal);
    await expect(put(root, 'ac/cd/a.jpg', bytesOf(10, 2))).rejects.toMatchObject(refusal);
    await expect(createDiskStore(root).check(NEVER)).rejects.toMatchObject(refusal);
    await expect(createDiskStore(root).remove(['ab/cd/a.jpg'], NEVER)).rejects.toMatchObject(refusal);
    expect(bytesOf(10, 1).equals((await read(createDiskStore(root), 'ab/cd/a.jpg'))!)).toBe(true);
  });

  test('a spooled body on another file system is copied, and removed', async () => {
    const root = mountSmall('size=1m')!;
    const store = createDiskStore(root);
    const file = join(newFolder(), 'film');
    writeFileSync(file, bytesOf(1000, 1));
    await store.put('ab/cd/film.mp4', { kind: 'file', file }, factsOf(bytesOf(1000, 1)), NEVER);
    expect(bytesOf(1000, 1).equals((await read(store, 'ab/cd/film.mp4'))!)).toBe(true);
    expect(existsSync(file)).toBe(false);
    expect(readdirSync(store.spoolFolder)).toEqual([]);
  });
});
