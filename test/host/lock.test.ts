import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { inspectLock, acquireLock } from '../../src/host/lock.ts';
import { BusyError, ConfigError } from '../../src/errors.ts';
import type { Logger } from '../../src/model/log.ts';
import { WAIT_MS } from '../helpers/patience.ts';

const ROOT = resolve(import.meta.dirname, '../..');

let built: string;
let folder: string;
let state: string;
let warned: string[];
let log: Logger;
const children: ChildProcess[] = [];

beforeAll(() => {
  // Node 20 cannot run TypeScript: the other process gets src/ compiled to JavaScript.
  built = mkdtempSync(join(tmpdir(), 'trestle-built-'));
  symlinkSync(join(ROOT, 'node_modules'), join(built, 'node_modules'));
  writeFileSync(join(built, 'package.json'), '{"type":"module"}');
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  spawnSync(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', built]);
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trestle-lock-'));
  state = join(folder, 'state');
  warned = [];
  const warn = (_: object, message: string): void => void warned.push(message);
  log = { debug: () => {}, info: () => {}, warn, error: warn };
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => kill(child)));
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

/** Starts another process that holds the lock until it is killed or asked to release it. */
async function holder(): Promise<ChildProcess> {
  const code = `
    import { inspectLock, acquireLock } from ${JSON.stringify(pathToFileURL(join(built, 'host/lock.js')).href)};
    const none = () => {};
    const free = await acquireLock(${JSON.stringify(state)}, { debug: none, info: none, warn: none, error: none });
    process.on('SIGUSR2', async () => { await free(); process.exit(0); });
    setInterval(none, 1000);
    process.stdout.write('held');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  expect(said.toString()).toBe('held');
  return child;
}

async function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** Starts a process that ends while its parent does not notice. @returns its id, which still takes signals. */
async function makeZombie(): Promise<number> {
  // The shell becomes a program that waits for no child; then the child ends.
  const parent = spawn(
    'sh',
    ['-c', 'until grep -q sleep /proc/$$/comm; do :; done & echo $!; exec sleep 60'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(parent);
  const [said] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(said.toString());
  await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z '), WAIT_MS);
  expect(process.kill(pid, 0)).toBe(true);
  return pid;
}

describe('the lock of a state directory', () => {
  test('promise 15: while another process holds it, this one reports the holder and does nothing', async () => {
    const { pid } = await holder();
    const error: unknown = await acquireLock(state, log).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(BusyError);
    expect(error).toMatchObject({
      exitCode: 75,
      message: `another run is active (process ${pid} on ${hostname()})`,
    });
    await expect(acquireLock(state, log)).rejects.toBeInstanceOf(BusyError);
  });

  test('promise 15: the lock of a process that was killed is taken over at once', async () => {
    await kill(await holder());
    const free = await acquireLock(state, log);
    expect(warned).toEqual(['taking over the lock of a dead process']);
    await free();
  });

  test('promise 15: the lock of a process that ended without being reaped is taken over at once', async () => {
    const pid = await makeZombie();
    mkdirSync(join(state, 'run.lock'), { recursive: true });
    writeFileSync(join(state, 'run.json'), JSON.stringify({ pid, host: hostname() }));
    const free = await acquireLock(state, log);
    expect(warned).toEqual(['taking over the lock of a dead process']);
    await free();
  });

  test('promise 15: a released lock can be taken by this process and by another one', async () => {
    const free = await acquireLock(state, log);
    await free();
    await kill(await holder(), 'SIGUSR2');
    await (
      await acquireLock(state, log)
    )();
    expect(warned).toEqual([]);
  });

  test('a file that exceeds the host’s limit does not end the process that holds a lock', async () => {
    const child = await holder();
    child.kill('SIGXFSZ');
    const ended = once(child, 'exit');
    child.kill('SIGUSR2');
    expect(await ended).toEqual([0, null]);
  });

  test('promise 15: two state directories are two locks', async () => {
    await holder();
    await (
      await acquireLock(join(folder, 'another'), log)
    )();
  });

  test('promise 15: a holder on another host keeps the lock until it has been silent for a minute', async () => {
    const child = await holder();
    await kill(child);
    writeFileSync(join(state, 'run.json'), JSON.stringify({ pid: child.pid, host: 'elsewhere' }));
    await expect(acquireLock(state, log)).rejects.toThrow(
      `another run is active (process ${child.pid} on elsewhere)`,
    );
    const past = new Date(Date.now() - 61_000);
    utimesSync(join(state, 'run.lock'), past, past);
    await (
      await acquireLock(state, log)
    )();
  });

  test('promise 15: a lock without a holder’s name is still held', async () => {
    await holder();
    writeFileSync(join(state, 'run.json'), 'nonsense');
    await expect(acquireLock(state, log)).rejects.toThrow(/^another run is active$/);
  });

  test('promise 12: only the owner may enter the state directory', async () => {
    await (
      await acquireLock(state, log)
    )();
    expect((statSync(state).mode & 0o777).toString(8)).toBe('700');
  });

  test('a state directory that cannot be written is a ConfigError', async () => {
    writeFileSync(state, 'a file stands where the folder should be');
    const error: unknown = await acquireLock(state, log).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ exitCode: 78, hint: expect.stringContaining('STATE_DIR') });
    await expect(acquireLock(join(state, 'below'), log)).rejects.toBeInstanceOf(ConfigError);
  });

  test('a lock whose owner file cannot be written is released', async () => {
    mkdirSync(join(state, 'run.json'), { recursive: true });
    const error: unknown = await acquireLock(state, log).catch((e: unknown) => e);
    expect(error).toMatchObject({ exitCode: 78, message: expect.stringContaining(`STATE_DIR ${state}`) });
    expect(existsSync(join(state, 'run.lock'))).toBe(false);
  });

  test('a completed run does not fail if its state directory cannot be written any more', async () => {
    const free = await acquireLock(state, log);
    rmSync(state, { recursive: true });
    writeFileSync(state, 'a file stands there now');
    await free();
    expect(warned).toEqual(['the lock was lost before it was released']);
  });

  test('promise 15: a process that has taken the lock but not written its name yet is not considered dead', async () => {
    const dead = await holder();
    await kill(dead);
    await holder();
    // The content of run.json after the lock is taken and before the name is written.
    const owner = join(state, 'run.json');
    writeFileSync(owner, JSON.stringify({ pid: dead.pid, host: hostname() }));
    const earlier = new Date(Date.now() - 60_000);
    utimesSync(owner, earlier, earlier);
    await expect(acquireLock(state, log)).rejects.toBeInstanceOf(BusyError);
  });
});

const inspect = () => inspectLock(state, Date.now());

describe('promise 15: inspectLock', () => {
  test('reports a free lock, also without a state directory', async () => {
    expect(inspect()).toMatchObject({ state: 'free' });
    const free = await acquireLock(state, log);
    await free();
    expect(inspect()).toMatchObject({ state: 'free' });
  });

  test('reports the holder, and changes nothing', async () => {
    const { pid } = await holder();
    expect(inspect()).toMatchObject({ state: 'held', owner: { pid, host: hostname() } });
    await expect(acquireLock(state, log)).rejects.toBeInstanceOf(BusyError);
  });

  test('reports the lock of one source, regardless of the others', async () => {
    const free = await acquireLock(state, log, 'list');
    expect(inspect()).toMatchObject({ state: 'free', path: join(state, 'run.lock') });
    const path = join(state, 'run-list.lock');
    expect(inspectLock(state, Date.now(), 'list')).toMatchObject({ owner: { pid: process.pid }, path });
    await free();
  });

  test('reports that its holder was killed', async () => {
    const dead = await holder();
    await kill(dead);
    expect(inspect()).toMatchObject({ state: 'dead', owner: { pid: dead.pid } });
  });

  test('reports that its holder has ended, even if its parent has not noticed', async () => {
    const pid = await makeZombie();
    const free = await acquireLock(state, log);
    writeFileSync(join(state, 'run.json'), JSON.stringify({ pid, host: hostname() }));
    expect(inspect()).toMatchObject({ state: 'dead', owner: { pid } });
    await free();
  });

  test.each([-120_000, 120_000])('reports a silent lock, by a time %d ms off', async (off) => {
    await holder();
    const at = new Date(Date.now() + off);
    utimesSync(join(state, 'run.lock'), at, at);
    expect(inspect().state).toBe('silent');
  });
});
