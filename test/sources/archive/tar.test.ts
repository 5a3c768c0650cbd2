import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DamagedFileError, FatalError } from '../../../src/errors.ts';
import { paxData, type TarEntry, writeTar } from '../../helpers/tar-writer.ts';
import { contentOf, folder, NEVER, openBytes, readAll } from './unpack.ts';

const MB = 1024 * 1024;
const forms: [string, (bytes: Buffer) => Buffer][] = [
  ['TAR', (bytes) => bytes],
  ['TAR.GZ', (bytes) => gzipSync(bytes)],
];
const failure = async (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('did not fail'),
    (error: Error) => error,
  );

describe.each(forms)('a %s archive', (_, pack) => {
  const open = (entries: readonly TarEntry[], limits = {}) =>
    openBytes('x.tar', pack(writeTar(entries)), limits);

  test('has its members with their sizes and bytes', async () => {
    const data = randomBytes(MB + 1);
    const archive = await open([
      { path: './', type: '5' },
      { path: './a.txt', data },
      { path: 'b.txt', data: 'b'.repeat(512), type: '\0', prefix: 'some/folder' },
      { path: 'c.txt', data: '' },
    ]);
    expect(archive.members.map(({ name, path, bytes }) => ({ name, path, bytes }))).toEqual([
      { name: 'a.txt', path: './a.txt', bytes: MB + 1 },
      { name: 'b.txt', path: 'some/folder/b.txt', bytes: 512 },
      { name: 'c.txt', path: 'c.txt', bytes: 0 },
    ]);
    expect((await contentOf(archive.members[0]!)).equals(data)).toBe(true);
    expect((await contentOf(archive.members[1]!)).toString()).toBe('b'.repeat(512));
    expect((await contentOf(archive.members[2]!)).length).toBe(0);
  });

  test('may have long names, of pax and of GNU tar, and sizes of pax and in binary', async () => {
    const long = `${'folder/'.repeat(30)}é.txt`;
    const size = Buffer.alloc(12);
    size[0] = 0x80;
    size[11] = 2;
    const archive = await open([
      { path: 'pax', type: 'g', data: paxData({ comment: 'x' }) },
      { path: 'pax', type: 'x', data: paxData({ path: long, size: '3' }) },
      { path: 'short', data: 'abc' },
      { path: '././@LongLink', type: 'L', data: `${long}2\0` },
      { path: 'short', data: 'de', size },
      { path: 'plain.txt', data: 'f' },
    ]);
    expect(archive.members.map(({ path }) => path)).toEqual([long, `${long}2`, 'plain.txt']);
    expect(await readAll(archive)).toEqual({ 'é.txt': 'abc', 'é.txt2': 'de', 'plain.txt': 'f' });
  });

  test.each<[string, TarEntry, RegExp]>([
    ['a path out of its folder', { path: '../a.txt' }, /leaves its folder/],
    ['an absolute path', { path: '/etc/passwd' }, /absolute path/],
    ['a backslash', { path: 'a\\b.txt' }, /backslash/],
    ['a name that is not UTF-8', { path: Buffer.from([0x41, 0xe9]) }, /encoding/],
    ['a folder out of its folder', { path: '../x', type: '5' }, /leaves its folder/],
    ['a hard link', { path: 'a.txt', type: '1' }, /is a link or another special file/],
    ['a symbolic link', { path: 'a.txt', type: '2' }, /is a link or another special file/],
    ['a device', { path: 'a.txt', type: '3' }, /is a link or another special file/],
    ['a sparse file of GNU tar', { path: 'a.txt', type: 'S' }, /is a link or another special file/],
  ])('with %s is refused', async (_name, entry, message) => {
    const error = await failure(open([{ path: 'ok.txt', data: 'x' }, entry]));
    expect(error).toBeInstanceOf(FatalError);
    expect(error.message).toMatch(message);
  });

  test('with two members of one name, or too many, is refused', async () => {
    expect((await failure(open([{ path: 'a.txt' }, { path: 'A.txt' }]))).message).toMatch(/two members/);
    const many = Array.from({ length: 11 }, (_member, n) => ({ path: `${n}.txt` }));
    expect((await failure(open(many, { maxMembers: 10 }))).message).toMatch(/more than 10 members/);
  });

  test('with a traversal in a pax header, or a sparse file of pax, is refused', async () => {
    const traversal = open([{ path: 'x', type: 'x', data: paxData({ path: '../x' }) }, { path: 'a.txt' }]);
    expect((await failure(traversal)).message).toMatch(/leaves its folder/);
    const sparse = open([
      { path: 'x', type: 'x', data: paxData({ 'GNU.sparse.major': '1' }) },
      { path: 'a.txt' },
    ]);
    expect((await failure(sparse)).message).toMatch(/sparse file/);
  });

  test('that is cut off, or has a damaged header, is damaged', async () => {
    const whole = writeTar([
      { path: 'a.txt', data: randomBytes(5000) },
      { path: 'b.txt', data: 'b' },
    ]);
    for (const length of [600, 1024, 5632, whole.length - 1024]) {
      expect(await failure(openBytes('x.tar', pack(whole.subarray(0, length))))).toBeInstanceOf(
        DamagedFileError,
      );
    }
    const changed = Buffer.from(whole);
    changed[5632 + 3]! ^= 1;
    expect((await failure(openBytes('x.tar', pack(changed)))).message).toMatch(
      /header at byte 6144 is damaged/,
    );
  });

  test('with an archive as a member does not unpack it', async () => {
    const archive = await open([{ path: 'a.txt', data: gzipSync('x') }]);
    expect((await failure(contentOf(archive.members[0]!))).message).toMatch(/a gzip archive itself/);
  });
});

describe('archives of GNU tar', () => {
  test('are read as it wrote them', async () => {
    const from = folder();
    mkdirSync(join(from, 'sub'));
    const data = randomBytes(300_000);
    writeFileSync(join(from, 'sub', `${'long-name-'.repeat(15)}.txt`), data);
    writeFileSync(join(from, 'b.txt'), 'b');
    for (const format of ['gnu', 'pax', 'ustar']) {
      const out = join(folder(), 'x.tgz');
      execFileSync('tar', [
        '-czf',
        out,
        `--format=${format}`,
        '-C',
        from,
        ...(format === 'ustar' ? ['b.txt'] : ['.']),
      ]);
      const all = await readAll(await openBytes('x.tgz', readFileSync(out)));
      expect(all['b.txt']).toBe('b');
      expect(Object.values(all)).toHaveLength(format === 'ustar' ? 1 : 2);
      if (format !== 'ustar') expect(Object.values(all)).toContain(data.toString('latin1'));
    }
    symlinkSync('/etc/passwd', join(from, 'link.txt'));
    const out = join(folder(), 'x.tar');
    execFileSync('tar', ['-cf', out, '-C', from, '.']);
    expect((await failure(openBytes('x.tar', readFileSync(out)))).message).toMatch(/link/);
  });
});

describe('a GZ file', () => {
  const text = Array.from({ length: 100_000 }, (_, n) => `${n * 7919}\tx\r\n`).join('');

  test('is one member, named as the file', async () => {
    const archive = await openBytes('real_acct.txt.gz', gzipSync(text));
    expect(archive.members.map(({ name, bytes }) => ({ name, bytes }))).toEqual([
      { name: 'real_acct.txt', bytes: undefined },
    ]);
    expect(await readAll(archive)).toEqual({ 'real_acct.txt': text });
  });

  test('may have several parts', async () => {
    const archive = await openBytes('a.gz', Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]));
    expect(await readAll(archive)).toEqual({ a: 'a\nb\n' });
  });

  test('that is cut off, or whose checksum differs, is damaged', async () => {
    const whole = gzipSync(text);
    const wrong = Buffer.from(whole);
    wrong[whole.length - 6]! ^= 1;
    for (const bytes of [whole.subarray(0, whole.length / 2), whole.subarray(0, -4), wrong]) {
      const archive = await openBytes('a.gz', bytes);
      expect(await failure(contentOf(archive.members[0]!))).toBeInstanceOf(DamagedFileError);
    }
  });

  test.each([
    ['ratio', {}, /more than 200 times its size/],
    ['size', { maxBytes: 3 * MB, maxRatio: 10_000 }, /more than 3145728 bytes/],
  ])('that unpacks to too much stops early: by %s', async (_, limits, message) => {
    const archive = await openBytes('a.gz', gzipSync(Buffer.alloc(100 * MB)), limits);
    let read = 0;
    const reading = (async () => {
      for await (const chunk of archive.members[0]!.open(NEVER)) read += chunk.length;
    })();
    await expect(reading).rejects.toThrow(message);
    expect(read).toBeLessThan(25 * MB);
  });

  test('a TAR.GZ that is a bomb is refused when it is opened', async () => {
    const bomb = gzipSync(writeTar([{ path: 'a.txt', data: Buffer.alloc(100 * MB) }]));
    expect((await failure(openBytes('a.tgz', bomb))).message).toMatch(/more than 200 times its size/);
  });
});
