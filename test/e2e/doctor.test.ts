import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, trestle } from '../helpers/cli.ts';
import { type FreshDatabase, freshDatabase } from '../helpers/database.ts';
import {
  doctor,
  doctorBy,
  expectMended,
  expectOnly,
  found,
  type Report,
  reported,
  set,
} from '../helpers/doctor.ts';
import { sandboxFor, temporaryFolder } from '../helpers/pipeline.ts';

let sandbox: Sandbox;
let db: FreshDatabase;

const isRoot = process.geteuid?.() === 0;
const hasMounts = spawnSync('unshare', ['-Urm', 'true']).status === 0;

/** A database that a first sync has filled. */
beforeAll(async () => {
  sandbox = await sandboxFor({ listings: 20 });
  db = await freshDatabase();
  expect(await trestle(configured(sandbox, db), ['sync'])).toMatchObject({ code: 0 });
});

describe('a set-up that is good', () => {
  test('passes every check, with three calls at most, and writes nothing before the first run', async () => {
    const empty = await freshDatabase();
    const folder = configured(sandbox, empty);
    chmodSync(join(folder, '.env'), 0o600);
    sandbox.requests.length = 0;
    const report = await doctor(folder);
    expect(report).toMatchObject({ code: 0, ok: true, stderr: '' });
    const wanted = ['removed sources', 'cron', 'last success'];
    expect(report.checks.filter(({ result }) => result !== 'ok').map(({ name }) => name)).toEqual(wanted);
    expect(sandbox.requests.map(({ kind }) => kind)).toEqual(['token', 'data', 'data']);
    expect(readdirSync(folder)).toEqual(['.env']);
    expect(await empty.query('SHOW TABLES')).toEqual([]);
  });

  test('is told to a person line by line, with what to do below', async () => {
    const ended = await trestle(configured(sandbox, db), ['doctor']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^ok {4}Node {2,}\d+\.\d+\.\d+$/m);
    expect(ended.stdout).toMatch(/^warn {2}cron {2,}.*\n +→ run crontab -e/m);
    expect(ended.stdout).toMatch(/\n\n\d+ ok, \d to look at, 0 failed, 0 skipped\n$/);
  });

  test('promise 12: keeps the token where the state folder is there, and uses it', async () => {
    const folder = configured(sandbox, db);
    await trestle(folder, ['sync']);
    sandbox.requests.length = 0;
    expect((await doctor(folder)).code).toBe(0);
    expect(sandbox.requests.map(({ kind }) => kind)).toEqual(['data', 'data']);
  });

  test('promise 14: sends one call for each resource and two more at most, also with a token that the API takes no more', async () => {
    const folder = configured(sandbox, db);
    await trestle(folder, ['sync']);
    sandbox.requests.length = 0;
    sandbox.faults.add({ kind: 'revoke' });
    expect((await doctor(folder)).code).toBe(0);
    expect(sandbox.requests.map(({ kind }) => kind)).toEqual(['data', 'token', 'data', 'data']);
  });
});

const script = (filler: string): string =>
  `mount -t tmpfs -o size=64k tmpfs "$1"; ${filler}; shift; exec "$@"`;

/** A lock that a process of another machine has not touched for so many milliseconds. */
function lockedSince(folder: string, ms: number): string {
  const lock = join(folder, 'state', 'run.lock');
  mkdirSync(lock, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'state', 'run.json'), '{"pid":4711,"host":"elsewhere"}');
  const time = new Date(Date.now() - ms);
  utimesSync(lock, time, time);
  return lock;
}

describe('doctor finds what is wrong with this machine, and its advice mends it:', () => {
  test('a configuration with several problems: each is told, and what hangs on it is skipped', async () => {
    const folder = configured(sandbox, db, { PAGE_SIZE: '5000', TRESTLE_CLIENT_ID: undefined });
    const report = await doctor(folder);
    const { what } = expectOnly(report, 'configuration', /PAGE_SIZE is "5000"/, /^correct .*\.env/);
    expect(what.split('\n')).toHaveLength(2);
    const skipped = report.checks.filter(({ result }) => result === 'skipped');
    expect(skipped.length).toBe(report.checks.length - 3);
    set(folder, { PAGE_SIZE: '500', TRESTLE_CLIENT_ID: sandbox.clientId });
    expectMended(await doctor(folder), 'configuration');
  });

  test('a folder without a configuration', async () => {
    expectOnly(
      await doctor(temporaryFolder()),
      'configuration',
      /TRESTLE_CLIENT_ID must be set/,
      /trestle-etl init/,
    );
  });

  test('a configuration that was named and is not there', async () => {
    const ended = await trestle(temporaryFolder(), ['--env-file', 'none.env', 'doctor', '--json']);
    expectOnly(reported(ended), 'configuration', /there is no file .*none\.env/, /--env-file/);
  });

  test('secrets that others may read are looked at', async () => {
    const folder = configured(sandbox, db);
    chmodSync(join(folder, '.env'), 0o644);
    const { advice } = found(await doctor(folder), 'configuration');
    const [command, ...args] = advice!.split(' ');
    expect(spawnSync(command!, args).status).toBe(0);
    expect(found(await doctor(folder), 'configuration').result).toBe('ok');
  });

  test.each([
    ['STATE_DIR', 'state folder'],
    ['LOG_DIR', 'log folder'],
  ])('%s that is a file, or below one', async (variable, name) => {
    const folder = configured(sandbox, db);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'below')]) {
      set(folder, { [variable]: path });
      expectOnly(await doctor(folder), name, /ENOTDIR.*is a file/, /move it away; or set (STATE|LOG)_DIR/);
    }
    rmSync(file);
    expectMended(await doctor(folder), name);
  });

  test.runIf(isRoot)('folders that the user may not write in', async () => {
    const nobody = 65_534;
    const folder = configured(sandbox, db);
    mkdirSync(join(folder, 'state'), { mode: 0o700 });
    for (const path of [folder, join(folder, '.env')]) spawnSync('chown', [`${nobody}`, path]);
    const report = await doctorBy(folder, { uid: nobody });
    expectOnly(report, 'state folder', /EACCES/, /user 65534, who runs trestle-etl.*chown/);
    spawnSync('chown', ['-R', `${nobody}`, folder]);
    expectMended(await doctorBy(folder, { uid: nobody }), 'state folder');
  });

  test.runIf(isRoot)('log files that another user left', async () => {
    const nobody = 65_534;
    const folder = configured(sandbox, db);
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs', 'etl_main.2026-03-19.1.log'), '', { mode: 0o600 });
    for (const path of ['', '.env', 'logs']) spawnSync('chown', [`${nobody}`, join(folder, path)]);
    const report = await doctorBy(folder, { uid: nobody });
    expectOnly(report, 'log folder', /EACCES.*etl_main/, /chown/);
  });

  test('METRICS_FILE in a folder that is not there, or that the user may not write in', async () => {
    const folder = configured(sandbox, db, { METRICS_FILE: 'metrics/etl.prom' });
    const metrics = join(folder, 'metrics');
    expect(found(await doctor(folder), 'metrics file')).toMatchObject({
      result: 'warn',
      what: `there is no folder ${metrics}, and runs do not create it`,
    });
    mkdirSync(metrics, { mode: 0o500 });
    const user = isRoot ? 65_534 : process.geteuid!();
    if (isRoot) spawnSync('chown', ['-R', `${user}`, folder]);
    const by = isRoot ? { uid: user } : {};
    expect(found(await doctorBy(folder, by), 'metrics file')).toMatchObject({
      result: 'warn',
      what: expect.stringContaining('EACCES') as string,
      advice: expect.stringMatching(/who runs trestle-etl.*; or set METRICS_FILE$/) as string,
    });
    chmodSync(metrics, 0o700);
    expect(found(await doctorBy(folder, by), 'metrics file').result).toBe('ok');
    set(folder, { METRICS_FILE: '' });
    const { checks } = await doctor(folder);
    expect(checks.map(({ name }) => name)).not.toContain('metrics file');
  });

  test.runIf(hasMounts)('a disk that is full', async () => {
    const folder = configured(sandbox, db);
    const logs = join(folder, 'logs');
    mkdirSync(logs);
    const fill = 'dd if=/dev/zero of="$1/filler" bs=1k 2>/dev/null';
    const on = (filler: string): Promise<Report> =>
      doctorBy(folder, { by: ['unshare', '-Urm', 'sh', '-c', script(filler), 'sh', logs] });
    expectOnly(await on(fill), 'log folder', /ENOSPC.*full/, /^free space there; or set LOG_DIR/);
    expectOnly(
      await on('true'),
      'log folder',
      /64 KB free, less than the 100 MB of MIN_DISK_FREE/,
      /^free space/,
    );
    set(folder, { MIN_DISK_FREE: '1k', ALERT_DISK_FREE: '1k' });
    expectMended(await on('true'), 'log folder');
  });

  test('a lock that a dead process on another machine holds is no failure: the next run takes it over', async () => {
    const folder = configured(sandbox, db);
    lockedSince(folder, 3_600_000);
    expect(found(await doctor(folder), 'lock')).toMatchObject({
      result: 'warn',
      what: expect.stringMatching(/process 4711 on elsewhere.*not updated it for (60 min|1 h)/) as string,
      advice: expect.stringContaining('the next run takes it over') as string,
    });
    expect(await trestle(folder, ['sync'])).toMatchObject({ code: 0, stderr: '' });
    expect(found(await doctor(folder), 'lock').result).toBe('ok');
  });

  test('a lock that was touched in the future', async () => {
    const folder = configured(sandbox, db);
    const lock = lockedSince(folder, -3_600_000);
    expect((await trestle(folder, ['sync'])).code).toBe(75);
    const { advice } = expectOnly(await doctor(folder), 'lock', /elsewhere.*in the future/, /rm -r/);
    const [, path] = /rm -r (\S+?);/.exec(advice!)!;
    expect(path).toBe(lock);
    rmSync(path!, { recursive: true });
    expectMended(await doctor(folder), 'lock');
  });

  test('a lock that a live run holds is no failure', async () => {
    const folder = configured(sandbox, db);
    const state = join(folder, 'state');
    mkdirSync(join(state, 'run.lock'), { recursive: true, mode: 0o700 });
    writeFileSync(join(state, 'run.json'), '{"pid":4711,"host":"elsewhere"}');
    const report = await doctor(folder);
    expect(found(report, 'lock')).toMatchObject({
      result: 'ok',
      what: expect.stringContaining('4711') as string,
    });
  });

  test('another configuration beside it with the same database', async () => {
    const folder = configured(sandbox, db);
    writeFileSync(join(folder, '.env.west'), readFileSync(join(folder, '.env')));
    const both = await doctor(folder);
    expect(found(both, 'configuration')).toMatchObject({
      result: 'warn',
      what: expect.stringContaining('.env.west') as string,
      advice: expect.stringContaining('MYSQL_DATABASE') as string,
    });
    appendFileSync(join(folder, '.env.west'), 'MYSQL_DATABASE=west\n');
    expect(found(await doctor(folder), 'configuration').what).not.toContain('west');
    appendFileSync(join(folder, '.env.west'), 'LOG_DIR=logs\n');
    expect(found(await doctor(folder), 'configuration')).toMatchObject({
      result: 'warn',
      what: expect.stringMatching(/\.env and \.env\.west name the same LOG_DIR/) as string,
      advice: 'give each feed a separate LOG_DIR',
    });
  });

  test('a variable of the environment that wins over the file', async () => {
    const folder = configured(sandbox, db, { PAGE_SIZE: '500' });
    expect(found(await doctor(folder, { PAGE_SIZE: '400' }), 'configuration')).toMatchObject({
      result: 'warn',
      what: expect.stringContaining('PAGE_SIZE') as string,
    });
  });
});

test('doctor leaves no folder behind where the state folder is not there, whatever fails', async () => {
  const folder = configured(sandbox, db, { TRESTLE_CLIENT_SECRET: 'wrong-secret' });
  await doctor(folder);
  expect(existsSync(join(folder, 'state')) || existsSync(join(folder, 'logs'))).toBe(false);
});
