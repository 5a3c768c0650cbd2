import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDailyFile } from '../../src/log/daily-file.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';

/** Opens a log this long before midnight, by its clock. */
function openBefore(midnight: number, dir: string, ms: number) {
  const errors: Error[] = [];
  const files: string[] = [];
  const onError = (error: Error): unknown => errors.push(error);
  const onFile = (file: string): unknown => files.push(file);
  const file = openDailyFile({ dir, name: 'main', maxBytes: 1000, now: midnight - ms, onError, onFile });
  return { file, errors, files };
}

test('promise 19: at midnight a run continues in the next day’s file, and no line is lost', async () => {
  const dir = temporaryFolder();
  const lastMidnight = new Date().setHours(0, 0, 0, 0);
  const { file, errors, files } = openBefore(lastMidnight, dir, 300);
  onTestFinished(() => file.end());
  const written: string[] = [];
  const write = (): void => {
    written.push(`line ${written.length}\n`);
    file.write(written.at(-1)!);
  };
  write();
  await vi.waitFor(
    () => {
      write();
      expect(files).toHaveLength(2);
    },
    { timeout: 20_000, interval: 20 },
  );
  write();
  expect(errors).toEqual([]);
  expect(readdirSync(dir)).toEqual(files.map((path) => basename(path)));
  expect(files.map((path) => readFileSync(path, 'utf8')).join('')).toBe(written.join(''));
  expect(readFileSync(files[1]!, 'utf8')).toContain(written.at(-1)!);
});

test('a log that is closed before midnight creates no file of the next day', async () => {
  const dir = temporaryFolder();
  const { file, errors, files } = openBefore(new Date().setHours(0, 0, 0, 0), dir, 50);
  file.end();
  await sleep(200);
  expect(errors).toEqual([]);
  expect(readdirSync(dir)).toEqual([basename(files[0]!)]);
});
