import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DamagedFileError, FatalError } from '../../../src/errors.ts';
import { openArchive } from '../../../src/sources/archive/index.ts';
import { contentOf, folder, LIMITS, openBytes, readAll } from './unpack.ts';

const failure = async (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('did not fail'),
    (error: Error) => error,
  );

describe('openArchive', () => {
  test('takes a plain file as its only member', async () => {
    const archive = await openBytes('owners.csv', 'acct\tname\r\n\x000\t"\r\n');
    expect(await readAll(archive)).toEqual({ 'owners.csv': 'acct\tname\r\n\x000\t"\r\n' });
    expect(archive.members[0]?.bytes).toBe(17);
  });

  test('takes a folder of files, without the folders in it', async () => {
    const path = folder();
    writeFileSync(join(path, 'b.txt'), 'b');
    writeFileSync(join(path, 'a.txt'), 'a');
    writeFileSync(join(path, 'c.txt.gz'), gzipSync('c'));
    mkdirSync(join(path, 'more'));
    const archive = await openArchive(path, LIMITS);
    expect(archive.members.map(({ name, bytes }) => ({ name, bytes }))).toMatchObject([
      { name: 'a.txt', bytes: 1 },
      { name: 'b.txt', bytes: 1 },
      { name: 'c.txt.gz' },
    ]);
    expect((await contentOf(archive.members[1]!)).toString()).toBe('b');
    expect((await failure(contentOf(archive.members[2]!))).message).toMatch(
      /c\.txt\.gz: it is a gzip archive itself/,
    );
    await archive.close();
  });

  test('reports a file that shrank after it was opened', async () => {
    const path = join(folder(), 'a.txt');
    writeFileSync(path, 'a'.repeat(1000));
    const archive = await openArchive(path, LIMITS);
    writeFileSync(path, 'a');
    expect(await failure(contentOf(archive.members[0]!))).toBeInstanceOf(DamagedFileError);
    await archive.close();
  });

  test.each<[string, string, Buffer | string, RegExp]>([
    [
      'a 7-Zip archive',
      'x.zip',
      Buffer.from('377abcaf271c0004', 'hex'),
      /it is a 7-Zip archive, which is not supported/,
    ],
    ['a RAR archive', 'x.txt', Buffer.from('526172211a070100', 'hex'), /it is a RAR archive/],
    ['an XZ file', 'x.txt', Buffer.from('fd377a585a00', 'hex'), /it is a XZ archive/],
    ['a web page', 'x.zip', '\n<!DOCTYPE html><title>Moved</title>', /it is a web page/],
    ['text with the name of an archive', 'x.ZIP', 'not found', /it is not an archive/],
    ['an empty file', 'x.txt', '', /it is empty/],
  ])('refuses %s', async (_, name, bytes, message) => {
    const error = await failure(openBytes(name, bytes));
    expect(error).toBeInstanceOf(FatalError);
    expect(error.message).toMatch(message);
  });

  test('reports a missing file', async () => {
    expect((await failure(openArchive(join(folder(), 'none.zip'), LIMITS))).message).toMatch(
      /^none\.zip: it cannot be read/,
    );
  });
});
