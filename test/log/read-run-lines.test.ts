import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { readRunLines } from '../../src/log/read-run-lines.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';

const START = Date.parse('2026-03-19T10:00:00.000Z');
const RUN = { id: 7, from: START, to: START + 60_000 };

let dir: string;
beforeEach(() => {
  dir = temporaryFolder();
});

/** A line as pino writes it. @param second after the start of the run. */
function line(second: number, msg: string, more: object = {}, run = 7, level = 'info'): string {
  const time = new Date(START + second * 1000).toISOString();
  return `${JSON.stringify({ level, time, pid: 1, run, ...more, msg })}\n`;
}

function write(name: string, content: string | Buffer, writtenAt = START + 60_000): void {
  writeFileSync(join(dir, name), content);
  utimesSync(join(dir, name), writtenAt / 1000, writtenAt / 1000);
}

async function readMessages(max = 100): Promise<string[] | undefined> {
  return (await readRunLines(dir, RUN, max))?.lines.map(({ message }) => message);
}

test('every line of the main log, and the warnings of the others, in the order of their times', async () => {
  write(
    'etl_main.2026-03-19.1.log',
    line(1, 'run started', { mode: 'sync' }) + line(9, 'run ended') + line(3, 'another run', {}, 77),
  );
  write('api_calls.2026-03-19.1.log', line(2, 'sent') + line(4, 'refused', { status: 500 }, 7, 'warn'));
  write('errors.2026-03-19.1.log', line(4, 'refused', {}, 7, 'error'));
  write('notes.log', line(5, 'not ours'));
  const found = await readRunLines(dir, RUN, 100);
  expect(found).toEqual({
    hasMore: false,
    lines: [
      {
        time: '2026-03-19T10:00:01.000Z',
        level: 'info',
        log: 'etl_main',
        message: 'run started',
        rest: '{"mode":"sync"}',
      },
      expect.objectContaining({
        log: 'api_calls',
        level: 'warn',
        message: 'refused',
        rest: '{"status":500}',
      }),
      expect.objectContaining({ message: 'run ended', rest: '' }),
    ],
  });
});

test('a run with the same number in another time is another run', async () => {
  write('etl_main.2026-03-19.1.log', line(-500, 'before') + line(1, 'ours') + line(500, 'after'));
  expect(await readMessages()).toEqual(['ours']);
});

test('compressed files are read; a damaged one is reported as missing lines', async () => {
  write('etl_main.2026-03-19.1.log.gz', gzipSync(line(1, 'packed')));
  write('etl_main.2026-03-19.2.log.gz', gzipSync(line(2, 'cut')).subarray(0, 20));
  expect(await readRunLines(dir, RUN, 100)).toMatchObject({ hasMore: true, lines: [{ message: 'packed' }] });
});

test('the last lines are kept', async () => {
  const lines = Array.from({ length: 50 }, (_, nth) => line(nth, `line ${nth}`));
  write('etl_main.2026-03-19.1.log', lines.join(''));
  expect(await readMessages(3)).toEqual(['line 47', 'line 48', 'line 49']);
  expect(await readRunLines(dir, RUN, 3)).toMatchObject({ hasMore: true });
  expect(await readRunLines(dir, RUN, 50)).toMatchObject({ hasMore: false });
});

test('lines across the pieces of a file are found, and what is no line of the log is skipped', async () => {
  const filler = line(1, 'x'.repeat(1000), {}, 8);
  const huge = line(2, `huge ${'y'.repeat(300_000)}`);
  write(
    'etl_main.2026-03-19.1.log',
    `${filler.repeat(1100)}${line(3, 'far')}not JSON "run":7\n${huge}${filler.repeat(1100)}${line(4, 'last')}{"run":7,"time`,
  );
  expect(await readMessages()).toEqual(['far', 'last']);
});

test('files of other days are not opened, and a folder that is missing is not read', async () => {
  mkdirSync(join(dir, 'etl_main.2026-03-19.9.log'));
  write('etl_main.2026-03-10.1.log', line(1, 'wrong file'), START - 1000);
  write('etl_main.2026-03-25.1.log', line(1, 'wrong file'));
  expect(await readMessages()).toEqual([]);
  expect(await readRunLines(join(dir, 'nothing'), RUN, 9)).toBeUndefined();
});
