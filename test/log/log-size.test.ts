import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/pipeline.ts';

const built = (path: string): string => pathToFileURL(join(import.meta.dirname, '../../build', path)).href;

/**
 * A process that executes commands on the logs, line by line, and confirms each: `main FROM TO` and `api FROM TO` (writes these numbers),
 * `open N` (begins and ends as N runs do), `end`.
 */
const WRITER = `
const [dir, id, files] = process.argv.slice(1);
const { openLogs } = await import(${JSON.stringify(built('log/log.js'))});
const { createRedactor } = await import(${JSON.stringify(built('log/redact.js'))});
const { createInterface } = await import('node:readline');
// Follow-up work for a file happens in another turn of the event loop.
const turn = () => new Promise((resolve) => setImmediate(resolve));
const open = () => openLogs({
  dir, level: 'info', maxBytes: 1000, retentionDays: 14, retentionFiles: Number(files),
  redactor: createRedactor([]), now: Date.now(), onLost: () => { process.exitCode = 9; },
});
const logs = await open();
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [what, from, to] = line.split(' ');
  if (what === 'end') break;
  for (let n = Number(from); what in logs && n < Number(to); n += 1) {
    logs[what].info({ id, n }, 'x'.repeat(50));
    await turn();
  }
  for (let n = 0; what === 'open' && n < Number(from); n += 1) (await open()).close();
  console.log('done');
}
logs.close();
`;

/** Enough that some are lost almost every time without protection. */
const LINES = 1200;

type Writer = { send(...words: readonly (string | number)[]): Promise<void> };

const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill()));

async function writer(dir: string, id: string, files = 1000): Promise<Writer> {
  const args = ['--input-type=module', '-e', WRITER, dir, id, String(files)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const answers = createInterface({ input: child.stdout });
  await once(answers, 'line');
  return {
    send: async (...words) => {
      const done = once(answers, 'line');
      child.stdin.write(`${words.join(' ')}\n`);
      await done;
    },
  };
}

/** Reads the numbers of this writer from the files. */
function numbersOf(dir: string, id: string, name = 'etl_main'): number[] {
  return readdirSync(dir)
    .filter((file) => file.startsWith(`${name}.2`))
    .flatMap((file) => readFileSync(join(dir, file), 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line) as { id: string; n: number })
    .flatMap((line) => (line.id === id ? [line.n] : []))
    .toSorted((a, b) => a - b);
}

const upTo = (end: number, from = 0): number[] => Array.from({ length: end - from }, (_, n) => from + n);

describe('promise 19: no line is lost if another process', () => {
  test('removes the current file', async () => {
    const dir = temporaryFolder();
    const [quick, slow] = [await writer(dir, 'quick', 2), await writer(dir, 'slow', 2)];
    await slow.send('main', 0, 1);
    for (let n = 1; n < 5; n += 1) {
      // More than two files hold.
      await quick.send('main', 100 * n, 100 * n + 40);
      expect(numbersOf(dir, 'slow')).toEqual([]);
      await slow.send('main', n, n + 1);
      expect(numbersOf(dir, 'slow')).toEqual([n]);
    }
  });

  test('or the user removes all files: each process continues in the file that the first one creates', async () => {
    const dir = temporaryFolder();
    const [one, two] = [await writer(dir, 'one'), await writer(dir, 'two')];
    await Promise.all([one.send('main', 0, 30), two.send('main', 0, 30)]);
    for (const file of readdirSync(dir)) rmSync(join(dir, file));
    await one.send('main', 30, 33);
    await two.send('main', 30, 33);
    await Promise.all([one.send('main', 33, 60), two.send('main', 33, 60)]);
    for (const id of ['one', 'two']) expect(numbersOf(dir, id)).toEqual(upTo(60, 30));
  });

  test('starts, and removes the empty file that pino-roll has opened for it', async () => {
    const dir = temporaryFolder();
    const writers = await Promise.all(['one', 'two', 'three', 'four'].map((id) => writer(dir, id)));
    const [one, two, three, four] = writers as [Writer, Writer, Writer, Writer];
    // The logs take turns in having the largest number, by which the others are opened.
    await Promise.all([
      one.send('main', 0, LINES),
      two.send('api', 0, LINES),
      three.send('open', LINES / 20),
      four.send('open', LINES / 20),
    ]);
    expect(numbersOf(dir, 'one')).toEqual(upTo(LINES));
    expect(numbersOf(dir, 'two', 'api_calls')).toEqual(upTo(LINES));
  });
});

test('a named pipe or a folder in the place of a file is passed over: its next number is written', async () => {
  const dir = temporaryFolder();
  const now = new Date();
  const [month, day] = [now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0'));
  const place = (name: string): string => join(dir, `${name}.${now.getFullYear()}-${month}-${day}.1.log`);
  execFileSync('mkfifo', [place('etl_main')]);
  mkdirSync(place('api_calls'));
  // Opening a pipe without a reader would block this process for ever.
  const one = await writer(dir, 'one');
  await one.send('main', 0, 1);
  await one.send('api', 0, 1);
  for (const name of ['etl_main', 'api_calls']) {
    const [line] = readFileSync(place(name).replace('.1.log', '.2.log'), 'utf8').split('\n');
    expect(JSON.parse(line!)).toMatchObject({ id: 'one', n: 0 });
  }
});
