import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { fileServer } from '../../helpers/file-server.ts';
import { WAIT_MS } from '../../helpers/patience.ts';

const MB = 1024 * 1024;
const moduleOf = (path: string): string => new URL(`../../../build/${path}`, import.meta.url).href;

/** Downloads one file with the built code, and prints its result. */
const SCRIPT = `
  import { createDownloader } from '${moduleOf('http/download/index.js')}';
  import { clock } from '${moduleOf('host/clock.js')}';
  const [url, file] = process.argv.slice(1);
  const none = () => undefined;
  const log = { debug: none, info: none, warn: none, error: none };
  const options = { idleTimeout: 60000, maxRetries: 0, deadline: 60000, random: Math.random, minFree: 0 };
  const downloader = createDownloader({ ...options, clock, log, freeBytes: none });
  const result = await downloader.download({ url, file, label: 'file' }, new AbortController().signal);
  process.stdout.write(JSON.stringify(result));
`;

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

function start(url: string, file: string): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, url, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function sizeAbove(path: string, least: number): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (!existsSync(path) || statSync(path).size < least) {
    if (Date.now() > deadline) throw new Error(`${path} does not grow`);
    await setTimeout(5);
  }
}

test('a process that is killed in the middle loses nothing: the next one fetches only the rest', async () => {
  const body = randomBytes(24 * MB);
  const server = await fileServer({ body, etag: '"a"', pauseMs: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'download-'));
  ends.push(server.close, () => rmSync(folder, { recursive: true }));
  const file = join(folder, 'file.zip');
  for (const least of [2 * MB, 8 * MB, 14 * MB]) {
    const child = start(server.url, file);
    const exit = once(child, 'exit');
    await sizeAbove(`${file}.part`, least);
    child.kill('SIGKILL');
    expect(await exit).toEqual([null, 'SIGKILL']);
    expect(existsSync(file)).toBe(false);
  }
  const { size } = statSync(`${file}.part`);
  server.file.pauseMs = 0;
  const last = start(server.url, file);
  const output: Buffer[] = [];
  last.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
  expect(await once(last, 'close')).toEqual([0, null]);
  expect(JSON.parse(Buffer.concat(output).toString())).toMatchObject({
    kind: 'fetched',
    bytes: body.length,
    sha256: createHash('sha256').update(body).digest('hex'),
    wasWhole: false,
  });
  expect(readFileSync(file).equals(body)).toBe(true);
  expect(server.requests).toHaveLength(4);
  expect(server.requests[3]?.headers).toMatchObject({ range: `bytes=${size}-`, 'if-range': '"a"' });
});
