import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { belongsToAnotherUser, makeFolder, folderHint, checkWritable } from '../../src/host/folder.ts';

const root = mkdtempSync(join(tmpdir(), 'trestle-folder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function failure(work: () => void): NodeJS.ErrnoException {
  try {
    work();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error('did not fail');
}

describe('makeFolder', () => {
  test('makes what is missing, and says whether it had to', () => {
    expect(makeFolder(join(root, 'a', 'b'))).toBe(true);
    expect(makeFolder(join(root, 'a', 'b'))).toBe(false);
  });

  test('a file in the way is the system’s error', () => {
    writeFileSync(join(root, 'file'), '');
    expect(failure(() => makeFolder(join(root, 'file'))).code).toBe('EEXIST');
    expect(failure(() => makeFolder(join(root, 'file', 'below'))).code).toMatch(/ENOTDIR|EEXIST/);
  });
});

describe('isForeign', () => {
  test('of a folder that is not there, the one counts that it would be made in', () => {
    const [ours, theirs] = [join(root, 'ours'), join(root, 'theirs')];
    mkdirSync(ours);
    expect(belongsToAnotherUser(ours)).toBe(false);
    expect(belongsToAnotherUser(join(ours, 'a', 'b'))).toBe(false);
    if (process.geteuid?.() === 0) {
      mkdirSync(theirs);
      chownSync(theirs, 65_534, 65_534);
    } else symlinkSync('/usr', theirs);
    expect(belongsToAnotherUser(theirs)).toBe(true);
    expect(belongsToAnotherUser(join(theirs, 'a', 'b'))).toBe(true);
  });

  test('below a file nothing can be made: then the file counts', () => {
    writeFileSync(join(root, 'mine'), '');
    expect(belongsToAnotherUser(join(root, 'mine', 'a', 'b'))).toBe(false);
  });
});

describe('tryFolder', () => {
  test('leaves nothing behind, and minds nothing that an earlier process left', () => {
    const path = join(root, 'used');
    mkdirSync(path);
    writeFileSync(join(path, `.try.${process.pid}.tmp`), 'half');
    checkWritable(path);
    expect(readdirSync(path)).toEqual([]);
  });

  test('a place where nothing can be written is the system’s error', () => {
    expect(failure(() => checkWritable('/proc/self')).code).toMatch(/EACCES|ENOENT|EPERM/);
    expect(failure(() => checkWritable(join(root, 'none'))).code).toBe('ENOENT');
  });

  test.skipIf(process.geteuid?.() === 0)('a folder without the right to write (not as root)', () => {
    const path = join(root, 'closed');
    mkdirSync(path);
    chmodSync(path, 0o500);
    expect(failure(() => checkWritable(path)).code).toBe('EACCES');
  });

  test('does not write through a link that somebody laid', () => {
    const path = join(root, 'trap');
    mkdirSync(path);
    symlinkSync('/dev/full', join(path, `.try.${process.pid}.tmp`));
    checkWritable(path);
    expect(readdirSync(path)).toEqual([]);
  });
});

describe('remedy', () => {
  test.each([
    ['ENOSPC', /^free space there; or set STATE_DIR$/],
    ['EFBIG', /ulimit -f/],
    ['EROFS', /mounted read-only/],
    ['ENOTDIR', /a file is in the place of the folder/],
    ['EACCES', /must be able to write there/],
    [undefined, /must be able to write there/],
  ])('%s has its own', (code, says) => {
    expect(folderHint(Object.assign(new Error('x'), { code }), 'STATE_DIR')).toMatch(says);
  });
});
