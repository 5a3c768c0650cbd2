import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { privateFolder, readPrivate, writePrivate } from '../../src/lib/private-file.ts';

const root = mkdtempSync(join(tmpdir(), 'trestle-private-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('privateFolder', () => {
  test('promise 12: only the owner may enter; a folder that was there before keeps its rights', () => {
    const open = join(root, 'open');
    mkdirSync(open, { mode: 0o755 });
    privateFolder(open);
    privateFolder(join(root, 'new', 'deep'));
    expect([modeOf(open), modeOf(join(root, 'new', 'deep'))]).toEqual(['755', '700']);
  });

  test('a place where no folder can be made is an error, not a hang', () => {
    expect(() => privateFolder('/proc/no/such')).toThrow();
    writeFileSync(join(root, 'a-file'), '');
    expect(() => privateFolder(join(root, 'a-file', 'below'))).toThrow();
  });
});

describe('writePrivate', () => {
  test('promise 12: the file is its owner’s alone, also where an open one stood there', () => {
    const path = join(root, 'state', 'token.json');
    writePrivate(path, { token: 'one' });
    expect(modeOf(path)).toBe('600');
    const open = join(root, 'open.json');
    writeFileSync(open, '{}', { mode: 0o644 });
    writePrivate(open, { token: 'two' });
    expect(modeOf(open)).toBe('600');
  });

  test('leaves no draft behind', () => {
    const folder = join(root, 'drafts');
    writePrivate(join(folder, 'a.json'), 1);
    writePrivate(join(folder, 'a.json'), 2);
    expect(readdirSync(folder)).toEqual(['a.json']);
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('2');
  });

  test('what was written is what is read', () => {
    const path = join(root, 'any.json');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        writePrivate(path, value);
        expect(JSON.stringify(readPrivate(path))).toBe(JSON.stringify(value));
      }),
    );
  });
});

describe('readPrivate', () => {
  test('what is not there, is no JSON, or is a folder, is nothing', () => {
    writeFileSync(join(root, 'half.json'), '{"token": "ab');
    expect(readPrivate(join(root, 'none.json'))).toBeUndefined();
    expect(readPrivate(join(root, 'half.json'))).toBeUndefined();
    expect(readPrivate(root)).toBeUndefined();
  });
});
