import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, type Ended, start, startBy, type Started, tool, trestle } from '../helpers/cli.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { expectParity } from '../helpers/parity.ts';
import { sandboxFor, temporaryFolder } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

const isRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;

/** Mounts of one's own, without being root: a small disk, a read-only one. */
const hasMounts = spawnSync('unshare', ['-Urm', 'true']).status === 0;
const mounted = hasMounts ? '' : ' (skipped: this machine lets nobody make mounts of their own)';

const FULL = 'dd if=/dev/zero of="$1/filler.tmp" bs=1k 2>/dev/null';
const run = (mount: string): string => `${mount}; shift; exec "$@"`;
const SMALL = 'mount -t tmpfs -o size=64k,mode=700 tmpfs "$1"';

/** With a mount over `path` that only this process sees. */
function startOn(mount: string, path: string, folder: string, ...args: string[]): Started {
  const by = ['unshare', '-Urm', 'sh', '-c', run(mount), 'sh', path];
  return startBy(folder, [...by, ...tool(...args)]);
}

/** The path as that process sees it. */
const seenBy = ({ child }: Started, path: string): string => join(`/proc/${child.pid}/root`, path);

/** Leaves not a byte. */
function fill(folder: string): void {
  untilFull(() => appendFileSync(join(folder, 'filler.tmp'), Buffer.alloc(1024)));
}

/** Leaves room, but none for another file. */
function useUpFiles(folder: string): void {
  let files = 0;
  untilFull(() => writeFileSync(join(folder, `${(files += 1)}.tmp`), ''));
}

function untilFull(add: () => void): void {
  try {
    for (;;) add();
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  }
}

function linesOf(folder: string, name = 'etl_main'): Record<string, unknown>[] {
  return readFileSync(join(folder, `${name}.log`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const messages = (folder: string, name?: string): unknown[] =>
  linesOf(folder, name).map((line) => line['msg']);
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** A configuration by which whatever is contacted answers 69, and not 78. */
const NOWHERE = {
  url: 'http://127.0.0.1:9/trestle/odata',
  clientId: 'me',
  clientSecret: 'hush-hush',
};
const NO_DATABASE = {
  env: { MYSQL_HOST: '127.0.0.1', MYSQL_PORT: '9', MYSQL_USER: 'me', MYSQL_DATABASE: 'none' },
};

function expectRefused(ended: Ended, name: string, path: string, why: RegExp): void {
  expect(ended).toMatchObject({ code: 78, stdout: '' });
  expect(ended.stderr).toMatch(/^[^\n]*\n$/);
  expect(ended.stderr).toContain(`trestle-etl: ${name} ${path} can`);
  expect(ended.stderr).toMatch(why);
  expect(ended.stderr).toContain(`; or set ${name}`);
}

describe.each(['STATE_DIR', 'LOG_DIR'])('promise 21: before anything is contacted, %s', (name) => {
  const setUp = (make: (path: string) => string): { folder: string; path: string } => {
    const path = make(join(temporaryFolder(), 'place'));
    return { path, folder: configured(NOWHERE, NO_DATABASE, { [name]: path }) };
  };

  test('that is a file, or lies below one, is told', async () => {
    for (const below of ['', '/below']) {
      const { folder, path } = setUp((file) => {
        writeFileSync(file, '');
        return file + below;
      });
      expectRefused(await trestle(folder, ['sync']), name, path, /a file is in the place of the folder/);
    }
  });

  test('that may be read and not written is told', async () => {
    const { folder, path } = setUp((place) => {
      mkdirSync(place);
      chmodSync(place, 0o500);
      return place;
    });
    const user = isRoot ? NOBODY : process.geteuid!();
    if (isRoot)
      for (const each of [folder, path, join(path, '..'), join(folder, '.env')]) chownSync(each, user, user);
    const { ended } = start(folder, ['sync'], {}, isRoot ? user : undefined);
    expectRefused(await ended, name, path, new RegExp(`EACCES.*user ${user}, who runs trestle-etl`));
  });

  test.runIf(hasMounts)(`that is mounted read-only is told${mounted}`, async () => {
    const { folder, path } = setUp((place) => {
      mkdirSync(place, { mode: 0o700 });
      return place;
    });
    const started = startOn('mount -t tmpfs -o ro,mode=700 tmpfs "$1"', path, folder, 'sync');
    expectRefused(await started.ended, name, path, /EROFS.*mounted read-only/);
  });

  test.runIf(hasMounts)(`whose disk is full is told${mounted}`, async () => {
    const { folder, path } = setUp((place) => {
      mkdirSync(place, { mode: 0o700 });
      return place;
    });
    // One that takes the lock, and one that does not.
    for (const command of ['sync', 'migrate']) {
      const started = startOn(`${SMALL}; ${FULL}`, path, folder, ...command.split(' '));
      expectRefused(await started.ended, name, path, /ENOSPC.*free space there/);
    }
  });
});

describe('promise 12: a state directory', () => {
  test.runIf(isRoot)(
    'that belongs to another user and cannot be entered is named, not FIELDS_FILE',
    async () => {
      const folder = configured(await sandboxFor({ listings: 1 }), await migratedDatabase());
      const state = join(folder, 'state');
      mkdirSync(state, { mode: 0o700 });
      for (const each of [folder, join(folder, '.env')]) chownSync(each, NOBODY, NOBODY);
      const ended = await start(folder, ['sync'], {}, NOBODY).ended;
      expect(ended.code).toBe(78);
      expect(ended.stderr).toMatch(/STATE_DIR .*state cannot be used: EACCES.*or set STATE_DIR/);
      expect(ended.stderr).not.toContain('FIELDS_FILE');
    },
  );

  test('that others may enter, and a token that others may read, are narrowed, and the log says so', async () => {
    const sandbox = await sandboxFor({ listings: 20 });
    const folder = configured(sandbox, await migratedDatabase(), { RESOURCES: 'Property' });
    await trestle(folder, ['sync']);
    const state = join(folder, 'state');
    const token = join(state, 'token.json');
    chmodSync(state, 0o755);
    chmodSync(token, 0o644);
    expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
    expect([state, token, join(state, 'quota.json')].map(modeOf)).toEqual(['700', '600', '600']);
    expect(linesOf(join(folder, 'logs')).filter(({ level }) => level === 'warn')).toMatchObject([
      { path: state, from: '755', to: '700' },
      { path: token, from: '644', to: '600' },
    ]);
    expect(sandbox.requests.filter(({ kind }) => kind === 'token')).toHaveLength(1);
  });

  test('that others may enter and that another user owns is an error, and stays as it is', async () => {
    const path = isRoot ? join(temporaryFolder(), 'state') : '/usr';
    if (isRoot) {
      mkdirSync(path);
      chmodSync(path, 0o755);
      chownSync(path, NOBODY, NOBODY);
    }
    const folder = configured(NOWHERE, NO_DATABASE, { STATE_DIR: path });
    expectRefused(
      await trestle(folder, ['sync']),
      'STATE_DIR',
      path,
      /has the rights 755 and belongs to user \d+/,
    );
    expect(modeOf(path)).toBe('755');
  });

  test('with other things in it, that others may enter, is an error, and stays as it is', async () => {
    const folder = configured(NOWHERE, NO_DATABASE, { STATE_DIR: '.' });
    chmodSync(folder, 0o755);
    expectRefused(await trestle(folder, ['sync']), 'STATE_DIR', folder, /rights 755, and it contains files/);
    expect(modeOf(folder)).toBe('755');
  });

  test('whose token file is a link is not believed: the run signs in, and a file of its own stands there', async () => {
    const sandbox = await sandboxFor({ listings: 20 });
    const folder = configured(sandbox, await migratedDatabase(), { RESOURCES: 'Property' });
    await trestle(folder, ['sync']);
    const token = join(folder, 'state', 'token.json');
    const planted = join(folder, 'planted.json');
    const text = readFileSync(token, 'utf8');
    writeFileSync(planted, text, { mode: 0o600 });
    rmSync(token);
    symlinkSync(planted, token);
    expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
    expect(sandbox.requests.filter(({ kind }) => kind === 'token')).toHaveLength(2);
    expect(readFileSync(planted, 'utf8')).toBe(text);
    expect(readFileSync(token, 'utf8')).not.toBe(text);
  });
});

/** 400 listings in twenty pages, and the place that a test watches. */
async function twentyPages(
  name: 'STATE_DIR' | 'LOG_DIR',
): Promise<{ sandbox: Sandbox; db: FreshDatabase; folder: string; path: string }> {
  const sandbox = await sandboxFor({ listings: 400 });
  const db = await migratedDatabase();
  const path = join(temporaryFolder(), 'place');
  mkdirSync(path, { mode: 0o700 });
  const folder = configured(sandbox, db, {
    [name]: path,
    RESOURCES: 'Property',
    PAGE_SIZE: '20',
    LOG_RETENTION_DAYS: '3650',
    MIN_DISK_FREE: '1k',
  });
  return { sandbox, db, folder, path };
}

const LOST = (path: string, why: string): RegExp =>
  new RegExp(
    `^trestle-etl: LOG_DIR ${path} cannot be written any more, and log lines are being lost: ${why}[^\\n]*; the run itself continues\\n$`,
  );

describe('while a run is going on', () => {
  test('a disk of logs that is full is told in one line, and no row is lost', async () => {
    const { sandbox, db, folder, path } = await twentyPages('LOG_DIR');
    await trestle(folder, ['migrate']);
    for (const link of readdirSync(path).filter((each) => /^[a-z_]+\.log$/.test(each))) {
      const today = join(path, readlinkSync(join(path, link)));
      rmSync(today);
      symlinkSync('/dev/full', today);
    }
    const ended = await trestle(folder, ['sync']);
    expect(ended.stderr).toMatch(LOST(path, 'ENOSPC'));
    expect(ended).toMatchObject({ code: 0, stdout: '' });
    expect(await expectParity(sandbox, db, property)).toBe(400);
  });

  test('lines that could not be written stand there, whole, once they can be', async () => {
    const { sandbox, db, folder, path } = await twentyPages('LOG_DIR');
    const calls = join(path, 'api_calls.log');
    let pages = 0;
    let size = 0;
    sandbox.onRequest = () => {
      pages += 1;
      if (pages !== 19) return;
      size = statSync(calls).size;
      expect(spawnSync('prlimit', ['--pid', `${started.child.pid}`, '--fsize=unlimited']).status).toBe(0);
    };
    // No file may be larger than four kilobytes: less than fifteen lines.
    const started = startBy(folder, ['bash', '-c', 'ulimit -S -f 4; exec "$@"', 'bash', ...tool('sync')]);
    const ended = await started.ended;
    expect(ended.stderr).toMatch(LOST(path, 'EFBIG'));
    expect(ended.code).toBe(0);
    expect(size).toBe(4096);
    expect(messages(path, 'api_calls').filter((message) => message === 'answered')).toHaveLength(
      sandbox.requests.filter(({ kind }) => kind !== 'control').length,
    );
    expect(await expectParity(sandbox, db, property)).toBe(400);
  });

  test.runIf(hasMounts)(
    `a disk that gets full ends it after the page in hand; the next goes on${mounted}`,
    async () => {
      for (const name of ['LOG_DIR', 'STATE_DIR'] as const) {
        const { sandbox, db, folder, path } = await twentyPages(name);
        let pages = 0;
        sandbox.onRequest = () => {
          pages += 1;
          if (pages === 3) fill(seenBy(started, path));
        };
        const started = startOn(SMALL, path, folder, 'sync');
        const ended = await started.ended;
        expect(ended.stderr).toContain(`trestle-etl: only 0 bytes free on the disk of ${path}`);
        expect(ended.code).toBe(1);
        const [row] = await db.query<Record<string, string>>('SELECT * FROM etl_sync_log');
        expect(row).toMatchObject({ status: 'failed', records_inserted: String(Number(row!['pages']) * 20) });
        expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
        expect(await expectParity(sandbox, db, property)).toBe(400);
      }
    },
  );

  test.runIf(hasMounts)(
    `a state directory that takes no new file costs a sign-in, no more${mounted}`,
    async () => {
      const { sandbox, db, folder, path } = await twentyPages('STATE_DIR');
      let pages = 0;
      sandbox.onRequest = () => {
        pages += 1;
        if (pages === 2) useUpFiles(seenBy(started, path));
      };
      sandbox.faults.add({ kind: 'revoke', resource: 'Property', skip: 3 });
      const started = startOn(`${SMALL} -o nr_inodes=50`, path, folder, 'sync');
      expect(await started.ended).toMatchObject({ code: 0, stdout: '', stderr: '' });
      const warned = linesOf(join(folder, 'logs'), 'api_calls').filter(({ level }) => level === 'warn');
      expect(warned.map(({ msg }) => String(msg)).toSorted()).toEqual([
        'cannot store the token; the next run signs in again',
        'cannot store the token; the next run signs in again',
        'the remaining quota could not be stored',
      ]);
      expect(warned[0]).toMatchObject({ err: { code: 'ENOSPC' } });
      expect(sandbox.requests.filter(({ kind }) => kind === 'token')).toHaveLength(2);
      expect(await expectParity(sandbox, db, property)).toBe(400);
    },
  );

  test('a state directory that is taken away ends no run', async () => {
    const { sandbox, db, folder, path } = await twentyPages('STATE_DIR');
    let pages = 0;
    sandbox.onRequest = () => {
      pages += 1;
      if (pages !== 3) return;
      rmSync(path, { recursive: true });
      writeFileSync(path, '');
    };
    expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(messages(join(folder, 'logs'))).toContain('the lock was lost before it was released');
    expect(await expectParity(sandbox, db, property)).toBe(400);
  });
});
