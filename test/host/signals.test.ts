import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listenForStop } from '../../src/host/signals.ts';

const ROOT = resolve(import.meta.dirname, '../..');
let built: string;

beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), 'trestle-built-'));
  symlinkSync(join(ROOT, 'node_modules'), join(built, 'node_modules'));
  writeFileSync(join(built, 'package.json'), '{"type":"module"}');
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  spawnSync(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', built]);
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

/** Starts a process that listens, prints what it receives, and ends only by a signal. */
async function listener(then = '', isOnTerminal = false): Promise<ChildProcess> {
  const code = `
    import { listenForStop } from ${JSON.stringify(pathToFileURL(join(built, 'host/signals.js')).href)};
    const { signal, close } = listenForStop(${isOnTerminal});
    signal.addEventListener('abort', () => console.log(signal.reason.exitCode, signal.reason.name));
    setInterval(() => {}, 1000);
    ${then}
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(await heard(child)).toBe('ready');
  return child;
}

async function heard(child: ChildProcess): Promise<string> {
  const [said] = (await once(child.stdout!, 'data')) as [Buffer];
  return said.toString().trim();
}

const count = (): number[] => ['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => process.listenerCount(name));

describe('listenForStop', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'promise 17: the first %s asks to stop, with the exit code %d; a second one ends at once',
    async (name, code) => {
      const child = await listener();
      const saying = heard(child);
      child.kill(name);
      expect(await saying).toBe(`${code} InterruptedError`);
      expect([child.exitCode, child.signalCode]).toEqual([null, null]);
      const gone = once(child, 'exit');
      child.kill(name);
      expect(await gone).toEqual([null, name]);
    },
  );

  test('without a terminal SIGHUP is ignored, as with nohup', async () => {
    const child = await listener();
    child.kill('SIGHUP');
    const saying = heard(child);
    child.kill('SIGINT');
    expect(await saying).toBe('130 InterruptedError');
    child.kill('SIGKILL');
  });

  test('promise 17: the second signal can be a different one', async () => {
    const child = await listener();
    const saying = heard(child);
    child.kill('SIGINT');
    await saying;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await gone).toEqual([null, 'SIGTERM']);
  });

  test('after close it ignores signals', async () => {
    const child = await listener('close();');
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await gone).toEqual([null, 'SIGTERM']);
  });

  test('a second SIGHUP of a closed terminal does not end the process', async () => {
    const child = await listener("process.on('SIGUSR2', () => console.log('alive'));", true);
    const saying = heard(child);
    child.kill('SIGHUP');
    expect(await saying).toBe('129 InterruptedError');
    child.kill('SIGHUP');
    const answer = heard(child);
    child.kill('SIGUSR2');
    expect(await answer).toBe('alive');
    child.kill('SIGKILL');
  });

  test('leaves no listener behind', () => {
    const before = count();
    const stop = listenForStop(false);
    expect(count()).toEqual(before.map((n) => n + 1));
    stop.close();
    expect(count()).toEqual(before);
    expect(stop.signal.aborted).toBe(false);
  });
});
