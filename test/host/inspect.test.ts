import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectFolder, isReadableByOthers, readSchedules } from '../../src/host/inspect.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';

describe('inspectFolder', () => {
  test('reports the free bytes of an existing folder', () => {
    const { exists, problem, free } = inspectFolder(temporaryFolder(), 'state');
    expect({ exists, problem }).toEqual({ exists: true, problem: undefined });
    expect(free).toBeGreaterThan(0);
  });

  test('inspects the parent of a missing folder', () => {
    const path = join(temporaryFolder(), 'a', 'b');
    expect(inspectFolder(path, 'logs')).toMatchObject({ exists: false, problem: undefined });
  });

  test.each(['', 'below', 'far/below'])('reports a file in the place of the folder (%s)', (below) => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(inspectFolder(join(file, below), 'state').problem).toMatchObject({ code: 'ENOTDIR' });
  });

  test('reports files of other programs in an open state folder', () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    expect(inspectFolder(folder, 'state').problem).toBeUndefined();
    writeFileSync(join(folder, 'website.html'), '');
    expect(inspectFolder(folder, 'state').problem?.message).toContain('files of other programs');
    expect(inspectFolder(folder, 'logs').problem).toBeUndefined();
  });
});

test.each([
  [0o600, false],
  [0o640, true],
  [0o604, true],
])('a file with the rights %o may be read by others: %s', (mode, isOpen) => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  chmodSync(file, mode);
  expect(isReadableByOthers(file)).toBe(isOpen);
});

const put = (root: string, path: string, text: string): string => {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};

describe('readSchedules', () => {
  test('reads the crontabs of the system, except files that cron ignores', async () => {
    const root = temporaryFolder();
    const own = [put(root, 'etc/crontab', 'A'), put(root, 'etc/cron.d/trestle', 'B')];
    put(root, 'etc/cron.d/trestle.dpkg-old', 'C');
    const found = (await readSchedules(process.env, root)).filter(({ from }) => from.startsWith(root));
    expect(found).toEqual([
      { from: own[0], text: 'A' },
      { from: own[1], text: 'B' },
    ]);
  });

  test('reads the services of systemd timers', async () => {
    const root = temporaryFolder();
    const system = put(root, 'etc/systemd/system/trestle-sync.timer', '[Timer]\nOnCalendar=*:0/15\n');
    put(root, 'etc/systemd/system/trestle-sync.service', 'ExecStart=trestle-etl sync');
    put(root, 'etc/systemd/system/idle.service', 'ExecStart=trestle-etl reconcile');
    const user = put(root, join(homedir(), '.config/systemd/user/night.timer'), 'Unit=all.service\n');
    put(root, join(homedir(), '.config/systemd/user/all.service'), 'ExecStart=trestle-etl reconcile');
    const found = (await readSchedules(process.env, root)).filter(({ from }) => from.startsWith(root));
    expect(found).toEqual([
      { from: system, text: 'ExecStart=trestle-etl sync' },
      { from: user, text: 'ExecStart=trestle-etl reconcile' },
    ]);
  });

  test('returns nothing if there is neither', async () => {
    const root = temporaryFolder();
    expect((await readSchedules(process.env, root)).filter(({ from }) => from.startsWith(root))).toEqual([]);
  });
});
