import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Body, BodyFacts, MediaStore } from '../../src/media/store.ts';

/** Opens an empty store. `other` opens the same place again, as a later process does. */
export type StorePlace = { readonly store: MediaStore; readonly other: () => MediaStore };

const NEVER = new AbortController().signal;

export function factsOf(bytes: Uint8Array, contentType = 'image/jpeg'): BodyFacts {
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), contentType };
}

export function memory(bytes: Uint8Array): Body {
  return { kind: 'memory', bytes };
}

/** Bytes that no two seeds share: each block of 4 KB is another one. */
export function bytesOf(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size, createHash('sha256').update(String(seed)).digest());
  for (let at = 0; at + 4 <= size; at += 4096) bytes.writeUInt32LE(at, at);
  return bytes;
}

/** Writes a body to the spool folder, as the fetcher does. */
export function spool(store: MediaStore, name: string, bytes: Uint8Array): Body & { kind: 'file' } {
  mkdirSync(store.spoolFolder, { recursive: true });
  const file = join(store.spoolFolder, name);
  writeFileSync(file, bytes, { mode: 0o600 });
  return { kind: 'file', file };
}

export async function read(store: MediaStore, path: string): Promise<Buffer | undefined> {
  const stream = await store.open(path, NEVER);
  if (stream === undefined) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

export async function listPaths(store: MediaStore): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of store.list(NEVER)) paths.push(path);
  return paths;
}

function put(store: MediaStore, path: string, bytes: Uint8Array): Promise<void> {
  return store.put(path, memory(bytes), factsOf(bytes), NEVER);
}

/** What every store promises: see MediaStore. */
export function describeStore(title: string, openPlace: () => Promise<StorePlace>): void {
  describe(title, () => {
    test('stores a file that another process reads, byte for byte', async () => {
      const { store, other } = await openPlace();
      const bytes = bytesOf(150_000, 1);
      await put(store, 'ab/cd/key-0123456789abcdef.jpg', bytes);
      await store.flush();
      expect(bytes.equals((await read(other(), 'ab/cd/key-0123456789abcdef.jpg'))!)).toBe(true);
    });

    test('replaces a file', async () => {
      const { store } = await openPlace();
      await put(store, 'ab/cd/a.jpg', bytesOf(5000, 1));
      await put(store, 'ab/cd/a.jpg', bytesOf(300, 2));
      await store.flush();
      expect(bytesOf(300, 2).equals((await read(store, 'ab/cd/a.jpg'))!)).toBe(true);
      expect(await listPaths(store)).toEqual(['ab/cd/a.jpg']);
    });

    test('stores a large spooled body, and leaves nothing in the spool folder that the caller does not remove', async () => {
      const { store } = await openPlace();
      await store.prepare(NEVER);
      const bytes = bytesOf(20 * 1024 * 1024 + 7, 3);
      const body = spool(store, 'large', bytes);
      await store.put('ab/cd/film.mp4', body, factsOf(bytes, 'video/mp4'), NEVER);
      await store.flush();
      expect(readdirSync(store.spoolFolder).filter((name) => name !== 'large')).toEqual([]);
      expect(bytes.equals((await read(store, 'ab/cd/film.mp4'))!)).toBe(true);
    });

    test('finds no file at a path that has none', async () => {
      const { store } = await openPlace();
      expect(await store.open('ab/cd/none.jpg', NEVER)).toBeUndefined();
      await put(store, 'ab/cd/a.jpg', bytesOf(10, 1));
      expect(await store.open('ab/cd/none.jpg', NEVER)).toBeUndefined();
      expect(await store.open('ab/cd/a.jpg/b.jpg', NEVER).catch(() => 'refused')).not.toBeInstanceOf(Buffer);
    });

    test('removes files, also those that do not exist', async () => {
      const { store } = await openPlace();
      for (const name of ['a', 'b', 'c']) await put(store, `ab/cd/${name}.jpg`, bytesOf(10, 1));
      await store.remove(['ab/cd/a.jpg', 'ab/cd/none.jpg', '00/00/none.jpg', 'ab/cd/c.jpg'], NEVER);
      await store.remove([], NEVER);
      expect(await listPaths(store)).toEqual(['ab/cd/b.jpg']);
    });

    test('lists files with size and time in the order of their paths', async () => {
      const { store, other } = await openPlace();
      const before = Date.now();
      const paths = [
        'a.b/c.jpg',
        'a/b.jpg',
        'a/b/c.jpg',
        'a-b.jpg',
        'a0.jpg',
        'ab/cd/z_z-1.jpg',
        'zz/00/a.jpg',
      ];
      for (const [index, path] of paths.entries()) await put(store, path, bytesOf(index + 1, index));
      const listed = [];
      for await (const file of other().list(NEVER)) listed.push(file);
      expect(listed.map(({ path }) => path)).toEqual(
        paths.toSorted((a, b) => Buffer.from(a).compare(Buffer.from(b))),
      );
      for (const { path, size, modifiedAt } of listed) {
        expect(size).toBe(paths.indexOf(path) + 1);
        // Some services keep whole seconds.
        expect(modifiedAt).toBeGreaterThan(before - 2000);
        expect(modifiedAt).toBeLessThan(Date.now() + 2000);
      }
    });

    test('lists many files, and an empty store', async () => {
      const { store } = await openPlace();
      expect(await listPaths(store)).toEqual([]);
      const paths = Array.from(
        { length: 250 },
        (_, index) => `ab/${index % 3}/${String(index).padStart(4, '0')}.jpg`,
      );
      for (const path of paths) await put(store, path, bytesOf(4, 1));
      expect(await listPaths(store)).toEqual(paths.toSorted());
      await store.remove(paths, NEVER);
      expect(await listPaths(store)).toEqual([]);
    });

    test('removes what a killed process left when it is prepared, and stored files never', async () => {
      const { store, other } = await openPlace();
      await put(store, 'ab/cd/a.jpg', bytesOf(10, 1));
      const { file } = spool(store, 'left-over', bytesOf(10, 2));
      expect(await listPaths(store)).toEqual(['ab/cd/a.jpg']);
      const later = other();
      await later.prepare(NEVER);
      expect(existsSync(file)).toBe(false);
      expect(statSync(later.spoolFolder).isDirectory()).toBe(true);
      expect(await listPaths(later)).toEqual(['ab/cd/a.jpg']);
    });

    test('stops with the reason of its signal, and leaves nothing', async () => {
      const { store } = await openPlace();
      await store.prepare(NEVER);
      await put(store, 'ab/cd/a.jpg', bytesOf(10, 1));
      const reason = new Error('stop');
      const aborted = AbortSignal.abort(reason);
      const bytes = bytesOf(100, 2);
      await expect(store.put('ab/cd/b.jpg', memory(bytes), factsOf(bytes), aborted)).rejects.toBe(reason);
      await expect(store.open('ab/cd/a.jpg', aborted)).rejects.toBe(reason);
      await expect(store.remove(['ab/cd/a.jpg'], aborted)).rejects.toBe(reason);
      await expect(store.list(aborted)[Symbol.asyncIterator]().next()).rejects.toBe(reason);
      await expect(store.check(aborted)).rejects.toBe(reason);
      expect(await listPaths(store)).toEqual(['ab/cd/a.jpg']);
      expect(readdirSync(store.spoolFolder)).toEqual([]);
    });

    test('an abort while a spooled body is stored leaves the whole file or none, and no other', async () => {
      const { store } = await openPlace();
      await store.prepare(NEVER);
      const bytes = bytesOf(20 * 1024 * 1024, 4);
      for (const wait of [0, 1, 5, 20]) {
        const controller = new AbortController();
        const reason = new Error('stop');
        const body = spool(store, `film-${wait}`, bytes);
        const path = `ab/cd/film-${wait}.mp4`;
        const done = store.put(path, body, factsOf(bytes, 'video/mp4'), controller.signal).then(
          () => undefined,
          (error: unknown) => error,
        );
        await new Promise((resolve) => setTimeout(resolve, wait));
        controller.abort(reason);
        const failure = await done;
        expect([undefined, reason]).toContain(failure);
        const stored = await read(store, path);
        expect(stored === undefined || bytes.equals(stored)).toBe(true);
        if (failure === undefined) expect(stored).toBeDefined();
      }
      expect(readdirSync(store.spoolFolder).filter((name) => !name.startsWith('film-'))).toEqual([]);
    });

    test.each([
      '',
      '/etc/passwd',
      '../a.jpg',
      'a/../b.jpg',
      '.spool/a.jpg',
      'A.jpg',
      'a//b.jpg',
      'a/',
      'ä.jpg',
      'a b.jpg',
      'a'.repeat(256),
    ])('refuses the path %j', async (path) => {
      const { store } = await openPlace();
      const refusal = { name: 'FatalError', message: expect.stringContaining('is no path of a media file') };
      await expect(put(store, path, bytesOf(1, 1))).rejects.toMatchObject(refusal);
      await expect(store.open(path, NEVER)).rejects.toMatchObject(refusal);
      await expect(store.remove([path], NEVER)).rejects.toMatchObject(refusal);
    });

    test('checks that it can be used, and leaves nothing', async () => {
      const { store } = await openPlace();
      const { free } = await store.check(NEVER);
      if (free !== undefined) expect(free).toBeGreaterThan(0);
      expect(await listPaths(store)).toEqual([]);
    });
  });
}
