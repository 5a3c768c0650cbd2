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
  test('creates missing folders, and returns whether it did', () => {
    expect(makeFolder(join(root, 'a', 'b'))).toBe(true);
    expect(makeFolder(join(root, 'a', 'b'))).toBe(false);
  });

  test('throws the system’s error if a file is in the way', () => {
    writeFileSync(join(root, 'file'), '');
    expect(failure(() => makeFolder(join(root, 'file'))).code).toBe('EEXIST');
    expect(failure(() => makeFolder(join(root, 'file', 'below'))).code).toMatch(/ENOTDIR|EEXIST/);
  });
});

describe('belongsToAnotherUser', () => {
  test('checks the nearest parent of a missing folder', () => {
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

  test('checks the file if a parent is a file', () => {
    writeFileSync(join(root, 'mine'), '');
    expect(belongsToAnotherUser(join(root, 'mine', 'a', 'b'))).toBe(false);
  });
});

describe('checkWritable', () => {
  test('leaves no file behind, and ignores files of an earlier process', () => {
    const path = join(root, 'used');
    mkdirSync(path);
    writeFileSync(join(path, `.try.${process.pid}.tmp`), 'half');
    checkWritable(path);
    expect(readdirSync(path)).toEqual([]);
  });

  test('throws the system’s error if nothing can be written', () => {
    expect(failure(() => checkWritable('/proc/self')).code).toMatch(/EACCES|ENOENT|EPERM/);
    expect(failure(() => checkWritable(join(root, 'none'))).code).toBe('ENOENT');
  });

  test.skipIf(process.geteuid?.() === 0)(
    'throws for a folder without the right to write (not as root)',
    () => {
      const path = join(root, 'closed');
      mkdirSync(path);
      chmodSync(path, 0o500);
      expect(failure(() => checkWritable(path)).code).toBe('EACCES');
    },
  );

  test('does not write through a link of another user', () => {
    const path = join(root, 'trap');
    mkdirSync(path);
    symlinkSync('/dev/full', join(path, `.try.${process.pid}.tmp`));
    checkWritable(path);
    expect(readdirSync(path)).toEqual([]);
  });
});

describe('folderHint', () => {
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
