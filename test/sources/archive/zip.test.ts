import { randomBytes } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DamagedFileError, FatalError } from '../../../src/errors.ts';
import { writeZip, type ZipEntry } from '../../helpers/zip-writer.ts';
import { contentOf, NEVER, openBytes, readAll } from './unpack.ts';

const MB = 1024 * 1024;
/** Text that deflate packs about 7:1, as the publishers' files. */
const text = (bytes: number): Buffer =>
  Buffer.from(
    Array.from(
      { length: Math.ceil(bytes / 34) },
      (_, n) => `${String(n).padStart(13, '0')}\tA1\tSome owner LLC\t\r\n`,
    ).join(''),
  ).subarray(0, bytes);

const failure = async (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('did not fail'),
    (error: Error) => error,
  );

describe('a ZIP archive', () => {
  test.each([false, true])('has its members with their sizes and bytes (ZIP64: %s)', async (zip64) => {
    const data = text(3 * MB);
    const noise = randomBytes(MB);
    const archive = await openBytes(
      'x.zip',
      writeZip(
        [
          { name: 'real_acct.txt', data },
          { name: 'folder/' },
          { name: 'folder/stored.txt', data: noise, method: 0 },
          { name: 'empty.txt', data: '' },
        ],
        { zip64 },
      ),
    );
    expect(archive.members.map(({ name, path, bytes, crc }) => ({ name, path, bytes, crc }))).toEqual([
      { name: 'real_acct.txt', path: 'real_acct.txt', bytes: data.length, crc: crc32(data) },
      { name: 'stored.txt', path: 'folder/stored.txt', bytes: MB, crc: crc32(noise) },
      { name: 'empty.txt', path: 'empty.txt', bytes: 0, crc: 0 },
    ]);
    expect((await contentOf(archive.members[0]!)).equals(data)).toBe(true);
    expect((await contentOf(archive.members[1]!)).equals(noise)).toBe(true);
    expect((await contentOf(archive.members[2]!)).length).toBe(0);
  });

  test('is found by content, not by name; members can be read twice and at the same time', async () => {
    const archive = await openBytes(
      'download',
      writeZip([
        { name: 'a.txt', data: 'a' },
        { name: 'b.txt', data: 'b' },
      ]),
    );
    expect(await Promise.all([readAll(archive), readAll(archive)])).toEqual(
      Array.from({ length: 2 }, () => ({ 'a.txt': 'a', 'b.txt': 'b' })),
    );
  });

  test('ends when it is aborted', async () => {
    const archive = await openBytes('x.zip', writeZip([{ name: 'a.txt', data: text(5 * MB) }]));
    const controller = new AbortController();
    const reading = (async () => {
      for await (const _ of archive.members[0]!.open(controller.signal))
        controller.abort(new Error('stopped'));
    })();
    await expect(reading).rejects.toThrow('stopped');
  });

  test('a reader may leave early', async () => {
    const archive = await openBytes('x.zip', writeZip([{ name: 'a.txt', data: text(5 * MB) }]));
    for await (const _ of archive.members[0]!.open(NEVER)) break;
    expect((await contentOf(archive.members[0]!)).length).toBe(5 * MB);
  });
});

describe('a damaged ZIP archive', () => {
  const whole = writeZip([{ name: 'a.txt', data: text(2 * MB) }]);

  test('that is cut off has no directory', async () => {
    for (const length of [30, whole.length / 2, whole.length - 1]) {
      const error = await failure(openBytes('x.zip', whole.subarray(0, length)));
      expect(error).toBeInstanceOf(DamagedFileError);
      expect(error.message).toMatch(/^x\.zip: its directory cannot be read/);
    }
  });

  test.each<[string, Partial<ZipEntry>, RegExp]>([
    ['another CRC', { crc: 1 }, /^x\.zip: a\.txt: its CRC is [0-9a-f]{8}, the archive has 00000001$/],
    ['fewer bytes than declared', { bytes: 2 * MB + 1 }, /it has 2097152 bytes, declared are 2097153/],
    ['more bytes than declared', { bytes: MB }, /more than the declared 1048576 bytes/],
  ])('with %s fails before the member ends', async (_, change, message) => {
    const archive = await openBytes('x.zip', writeZip([{ name: 'a.txt', data: text(2 * MB), ...change }]));
    const error = await failure(contentOf(archive.members[0]!));
    expect(error).toBeInstanceOf(DamagedFileError);
    expect(error.message).toMatch(message);
  });

  test.each([100, 5000, whole.length / 2])('with a changed byte at %i fails', async (place) => {
    const bytes = Buffer.from(whole);
    bytes[Math.round(place)]! ^= 0xff;
    const archive = await openBytes('x.zip', bytes);
    expect(await failure(contentOf(archive.members[0]!))).toBeInstanceOf(DamagedFileError);
  });

  test('with deflated bytes that are cut off fails', async () => {
    const packed = deflateRawSync(text(MB)).subarray(0, 1000);
    const bytes = writeZip([{ name: 'a.txt', data: packed, method: 0 }]);
    // The directory claims the method and the length of the whole.
    const entry = bytes.indexOf('PK\x01\x02', 'latin1');
    bytes.writeUInt16LE(8, entry + 10);
    bytes.writeUInt32LE(MB, entry + 24);
    const archive = await openBytes('x.zip', bytes, { maxRatio: 10_000 });
    const error = await failure(contentOf(archive.members[0]!));
    expect(error).toBeInstanceOf(DamagedFileError);
    expect(error.message).toBe('x.zip: a.txt: it cannot be inflated: unexpected end of file');
  });
});

describe('a hostile ZIP archive', () => {
  test.each<[string, string | Buffer, RegExp]>([
    ['a path out of its folder', '../../etc/passwd', /leaves its folder/],
    ['a path out of its folder in the middle', 'a/../../b.txt', /leaves its folder/],
    ['a folder out of its folder', '../', /leaves its folder/],
    ['an absolute path', '/etc/passwd', /absolute path/],
    ['a drive letter', 'C:/x.txt', /drive letter/],
    ['a drive letter without a slash', 'c:x.txt', /drive letter/],
    ['a backslash', '..\\x.txt', /backslash/],
    ['a NUL', 'a.txt\0.zip', /control characters/],
    ['an escape', 'a\u001B[2J.txt', /control characters/],
    ['no name', '', /is empty/],
    ['an empty folder', 'a//b.txt', /empty folder/],
  ])('with %s is refused', async (_, name, message) => {
    const error = await failure(
      openBytes('x.zip', writeZip([{ name: 'ok.txt' }, { name, data: 'x', flags: 0x800 }])),
    );
    expect(error).toBeInstanceOf(FatalError);
    expect(error).not.toBeInstanceOf(DamagedFileError);
    expect(error.message).toMatch(/^x\.zip: the name /);
    expect(error.message).toMatch(message);
  });

  test('with a name in another encoding than declared is refused; CP437 has every byte', async () => {
    const name = Buffer.from([0x41, 0xe9, 0x2e, 0x74, 0x78, 0x74]);
    const declared = openBytes('x.zip', writeZip([{ name, flags: 0x800 }]));
    expect((await failure(declared)).message).toMatch(/encoding that the archive declares/);
    const archive = await openBytes('x.zip', writeZip([{ name }]));
    expect(archive.members[0]?.name).toBe('AΘ.txt');
  });

  test.each([
    ['a symbolic link', 0o120777],
    ['a device', 0o060644],
    ['a named pipe', 0o010644],
  ])('with %s is refused', async (_, mode) => {
    const error = await failure(openBytes('x.zip', writeZip([{ name: 'a.txt', data: '/etc/passwd', mode }])));
    expect(error.message).toBe('x.zip: "a.txt" is a link or another special file');
  });

  test('with two members of one name is refused, whatever its capitals', async () => {
    const bytes = writeZip([{ name: 'a.txt' }, { name: 'A.TXT' }]);
    expect((await failure(openBytes('x.zip', bytes))).message).toBe('x.zip: two members have the name A.TXT');
  });

  test('with two folders that have one name refuses to choose; the others can be read', async () => {
    const archive = await openBytes(
      'x.zip',
      writeZip([{ name: 'a/x.txt' }, { name: 'b/X.txt' }, { name: 'c.txt', data: 'c' }]),
    );
    expect(() => archive.members[0]!.open(NEVER)).toThrow(
      'x.zip: a/x.txt: another folder of the archive also has x.txt',
    );
    expect((await contentOf(archive.members[2]!)).toString()).toBe('c');
  });

  test.each<[string, Partial<ZipEntry>, string]>([
    ['encrypted', { flags: 1 }, 'x.zip: a.txt: it is encrypted'],
    ['Deflate64', { method: 9 }, 'x.zip: a.txt: it is compressed with Deflate64, which is not supported'],
    ['LZMA', { method: 14 }, 'x.zip: a.txt: it is compressed with LZMA, which is not supported'],
    ['unknown', { method: 77 }, 'x.zip: a.txt: it is compressed with method 77, which is not supported'],
  ])('with a member that is %s names it, and the program that can unpack it', async (_, change, message) => {
    const archive = await openBytes(
      'x.zip',
      writeZip([
        { name: 'a.txt', data: 'x', ...change },
        { name: 'b.txt', data: 'b' },
      ]),
    );
    const error = await failure(contentOf(archive.members[0]!));
    expect(error.message).toBe(message);
    expect(error).toMatchObject({ hint: expect.stringContaining('7z x') });
    expect((await contentOf(archive.members[1]!)).toString()).toBe('b');
  });

  test('that unpacks to too much is refused: by ratio, by size, by number, and by shared bytes', async () => {
    const bomb = [{ name: 'a.txt', data: Buffer.alloc(5 * MB) }];
    expect((await failure(openBytes('x.zip', writeZip(bomb)))).message).toBe(
      'x.zip: a.txt: it unpacks to more than 200 times its size',
    );
    const blanks = [{ name: 'a.txt', data: Buffer.alloc(MB, ' ') }];
    expect((await openBytes('x.zip', writeZip(blanks))).members).toHaveLength(1);
    const big = writeZip([
      { name: 'a.txt', data: text(MB) },
      { name: 'b.txt', data: text(MB) },
    ]);
    expect((await failure(openBytes('x.zip', big, { maxBytes: 2 * MB - 1 }))).message).toMatch(
      /unpacks to more than 2097151 bytes/,
    );
    const many = writeZip(Array.from({ length: 11 }, (_, n) => ({ name: `${n}.txt` })));
    expect((await failure(openBytes('x.zip', many, { maxMembers: 10 }))).message).toMatch(
      /more than 10 members/,
    );
    const shared = writeZip([
      { name: 'a.txt', data: text(MB) },
      { name: 'b.txt', data: text(MB), sharesWith: 0 },
    ]);
    expect((await failure(openBytes('x.zip', shared))).message).toBe(
      'x.zip: b.txt and a.txt share the same bytes',
    );
  });

  test('a length that is declared too small does not hide a bomb', async () => {
    const archive = await openBytes(
      'x.zip',
      writeZip([{ name: 'a.txt', data: Buffer.alloc(50 * MB), bytes: 1000 }]),
    );
    let read = 0;
    const reading = (async () => {
      for await (const chunk of archive.members[0]!.open(NEVER)) read += chunk.length;
    })();
    await expect(reading).rejects.toThrow(/more than the declared 1000 bytes/);
    expect(read).toBe(0);
  });

  test('an archive in an archive is not unpacked', async () => {
    const inner = writeZip([{ name: 'a.txt', data: 'x' }]);
    const archive = await openBytes('x.zip', writeZip([{ name: 'a.txt', data: inner }]));
    expect((await failure(contentOf(archive.members[0]!))).message).toBe(
      'x.zip: a.txt: it is a zip archive itself, which is not unpacked',
    );
  });
});
