import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
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
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  narrowRights,
  makePrivateFolder,
  readPrivate,
  updatePrivate,
  writePrivate,
} from '../../src/host/private-file.ts';

const root = mkdtempSync(join(tmpdir(), 'trestle-private-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('makePrivateFolder', () => {
  test('promise 12: only the owner may enter; an existing folder keeps its rights', () => {
    const open = join(root, 'open');
    mkdirSync(open, { mode: 0o755 });
    makePrivateFolder(open);
    makePrivateFolder(join(root, 'new', 'deep'));
    expect([modeOf(open), modeOf(join(root, 'new', 'deep'))]).toEqual(['755', '700']);
  });

  test('throws, and does not hang, if no folder can be created', () => {
    expect(() => makePrivateFolder('/proc/no/such')).toThrow();
    writeFileSync(join(root, 'a-file'), '');
    expect(() => makePrivateFolder(join(root, 'a-file', 'below'))).toThrow();
  });
});

const isRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;

/** Creates a folder with these rights, regardless of the umask. */
function withRights(name: string, mode: number): string {
  const path = join(root, name);
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
}

function file(path: string, mode: number): string {
  writeFileSync(path, '{"token":"one"}');
  chmodSync(path, mode);
  return path;
}

describe('narrowRights', () => {
  test('promise 12: removes the rights of others, and reports them', () => {
    const path = withRights('wide', 0o755);
    const token = file(join(path, 'token.json'), 0o644);
    const quota = file(join(path, 'quota.json'), 0o600);
    expect(narrowRights(path, ['token.json', 'quota.json', 'none.json'])).toEqual([
      { path, from: '755', to: '700' },
      { path: token, from: '644', to: '600' },
    ]);
    expect([path, token, quota].map(modeOf)).toEqual(['700', '600', '600']);
    expect(narrowRights(path, ['token.json', 'quota.json'])).toEqual([]);
  });

  test('removes rights, and never adds any', () => {
    const path = withRights('narrow', 0o550);
    narrowRights(path, []);
    expect(modeOf(path)).toBe('500');
  });

  test.each([
    ['with other things in it', 0o755],
    ['that is sticky, as /tmp', 0o1777],
  ])('a folder %s is left as it is, with an error that names it', (name, mode) => {
    const path = withRights(name.replaceAll(/\W/g, '-'), mode);
    if (mode === 0o755) writeFileSync(join(path, 'index.html'), '');
    expect(() => narrowRights(path, [])).toThrow(
      `${path} has the rights ${modeOf(path)}, and it contains files of other programs`,
    );
    expect(modeOf(path)).toBe((mode & 0o777).toString(8));
  });

  test('accepts the files of earlier runs, complete or not', () => {
    const path = withRights('used', 0o755);
    for (const name of ['run.json', 'token.json.17.tmp', '.try.17.tmp']) file(join(path, name), 0o600);
    mkdirSync(join(path, 'run.lock'));
    expect(narrowRights(path, [])).toHaveLength(1);
  });

  test('throws with path, rights and user for files of another user, and keeps them unchanged', () => {
    const path = isRoot ? withRights('foreign', 0o755) : '/usr';
    if (isRoot) chownSync(path, NOBODY, NOBODY);
    const { uid } = statSync(path);
    expect(() => narrowRights(path, [])).toThrow(
      `${path} has the rights 755 and belongs to user ${uid}, not to user ${process.geteuid?.()}`,
    );
    expect(modeOf(path)).toBe('755');
  });

  test.runIf(isRoot)('throws for another user’s open file in our folder (as root only)', () => {
    const path = withRights('mixed', 0o700);
    const token = file(join(path, 'token.json'), 0o644);
    chownSync(token, NOBODY, NOBODY);
    expect(() => narrowRights(path, ['token.json'])).toThrow(`${token} has the rights 644 and belongs to`);
  });

  test('the target of a link keeps its rights', () => {
    const path = withRights('linked', 0o700);
    const target = file(join(root, 'target.json'), 0o644);
    symlinkSync(target, join(path, 'token.json'));
    expect(narrowRights(path, ['token.json'])).toEqual([]);
    expect(modeOf(target)).toBe('644');
  });
});

describe('writePrivate', () => {
  test('promise 12: only the owner may read the file, also if it replaces an open one', () => {
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

  test('readPrivate returns the written value', () => {
    const path = join(root, 'any.json');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        writePrivate(path, value);
        expect(JSON.stringify(readPrivate(path))).toBe(JSON.stringify(value));
      }),
    );
  });
});

describe('a link of another user', () => {
  test('promise 12: is replaced: neither the file nor its draft is written through it', () => {
    const path = withRights('trap', 0o700);
    const target = file(join(root, 'victim.json'), 0o644);
    symlinkSync(target, join(path, 'token.json'));
    symlinkSync(target, join(path, `token.json.${process.pid}.tmp`));
    writePrivate(join(path, 'token.json'), { token: 'secret' });
    expect(readFileSync(target, 'utf8')).toBe('{"token":"one"}');
    expect(readPrivate(join(path, 'token.json'))).toEqual({ token: 'secret' });
  });

  test('promise 12: is not read', () => {
    const path = withRights('link', 0o700);
    symlinkSync(file(join(root, 'planted.json'), 0o600), join(path, 'token.json'));
    expect(readPrivate(join(path, 'token.json'))).toBeUndefined();
  });
});

describe('readPrivate', () => {
  test.runIf(isRoot)('promise 12: another user’s file is not read (as root only)', () => {
    const path = file(join(root, 'foreign.json'), 0o600);
    expect(readPrivate(path)).toEqual({ token: 'one' });
    chownSync(path, NOBODY, NOBODY);
    expect(readPrivate(path)).toBeUndefined();
  });

  test('a named pipe is undefined, and does not block', () => {
    const path = join(root, 'pipe.json');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    // A later writer, so that a blocked read would end.
    const writer = spawn('sh', ['-c', 'sleep 3; : > "$0.opened"; echo {} > "$0"', path]);
    expect(readPrivate(path)).toBeUndefined();
    expect(existsSync(`${path}.opened`)).toBe(false);
    writer.kill();
  });

  test('a missing file, invalid JSON and a folder are undefined', () => {
    writeFileSync(join(root, 'half.json'), '{"token": "ab');
    expect(readPrivate(join(root, 'none.json'))).toBeUndefined();
    expect(readPrivate(join(root, 'half.json'))).toBeUndefined();
    expect(readPrivate(root)).toBeUndefined();
  });
});

describe('updatePrivate', () => {
  test('longer and shorter texts replace each other in the same file, and a missing file is created', () => {
    const path = join(root, 'updated.json');
    updatePrivate(path, { text: 'first' });
    const { ino } = statSync(path);
    for (const text of ['a longer text, with é', 'short']) {
      updatePrivate(path, { text });
      expect(readPrivate(path)).toEqual({ text });
    }
    expect([statSync(path).ino, modeOf(path)]).toEqual([ino, '600']);
  });

  test('a link that another user put there is replaced, and its target stays as it is', () => {
    const [path, target] = [join(root, 'link.json'), join(root, 'target.json')];
    writeFileSync(target, '{"mine":1}');
    symlinkSync(target, path);
    updatePrivate(path, { text: 'new' });
    expect([readFileSync(target, 'utf8'), readPrivate(path)]).toEqual(['{"mine":1}', { text: 'new' }]);
  });
});
