import { readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { compress, sweep } from '../../src/log/log-files.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 2, 19, 12);
const RETENTION = { retentionDays: 14, retentionFiles: 30, now: NOW };

/** Creates a folder with these files, each last written this many days ago. */
function folderOf(files: Readonly<Record<string, number>>): string {
  const folder = temporaryFolder();
  for (const [name, days] of Object.entries(files)) {
    writeFileSync(join(folder, name), name);
    const time = (NOW - days * DAY) / 1000;
    utimesSync(join(folder, name), time, time);
  }
  return folder;
}

describe('retention', () => {
  test('by age: older files are removed, compressed ones too; other files are kept', () => {
    const folder = folderOf({
      'etl_main.2026-03-01.1.log': 15,
      'etl_main.2026-03-01.2.log.gz': 14.5,
      'etl_main.2026-03-06.1.log': 13.9,
      'api_calls.2026-03-01.1.log': 15,
      'etl_main.log.old': 99,
      'notes.txt': 99,
    });
    sweep(folder, 'etl_main', RETENTION);
    expect(readdirSync(folder).sort()).toEqual([
      'api_calls.2026-03-01.1.log',
      'etl_main.2026-03-06.1.log',
      'etl_main.log.old',
      'notes.txt',
    ]);
  });

  test('by number: the newest are kept; of the same instant, those with the highest numbers', () => {
    const folder = folderOf({
      'etl_main.2026-03-19.9.log': 0,
      'etl_main.2026-03-19.10.log': 0,
      'etl_main.2026-03-19.11.log': 0,
      'etl_main.2026-03-18.1.log.gz': 1,
    });
    sweep(folder, 'etl_main', { ...RETENTION, retentionFiles: 2 });
    expect(readdirSync(folder).sort()).toEqual(['etl_main.2026-03-19.10.log', 'etl_main.2026-03-19.11.log']);
  });
});

describe('compression', () => {
  test('a file that was not written for a day is compressed completely, and keeps its age', () => {
    const folder = folderOf({ 'etl_main.2026-03-17.1.log': 1.5, 'etl_main.2026-03-19.1.log': 0.9 });
    symlinkSync('etl_main.2026-03-19.1.log', join(folder, 'etl_main.log'));
    compress(folder, 'etl_main', NOW);
    compress(folder, 'etl_main', NOW);
    expect(readdirSync(folder).sort()).toEqual([
      'etl_main.2026-03-17.1.log.gz',
      'etl_main.2026-03-19.1.log',
      'etl_main.log',
    ]);
    const packed = join(folder, 'etl_main.2026-03-17.1.log.gz');
    expect(gunzipSync(readFileSync(packed)).toString()).toBe('etl_main.2026-03-17.1.log');
    expect(statSync(packed).mtimeMs).toBeCloseTo(NOW - 1.5 * DAY, -3);
  });

  // One to /dev/full was read until the machine had no memory left, on each machine that had been up for a day.
  test('a link is neither read nor removed, regardless of the age of its target', () => {
    const folder = folderOf({ 'etl_main.2026-03-17.1.log': 1.5 });
    symlinkSync('/dev/null', join(folder, 'etl_main.2026-03-16.1.log'));
    const ages = statSync('/dev/null').mtimeMs + 99 * DAY;
    compress(folder, 'etl_main', ages);
    sweep(folder, 'etl_main', { ...RETENTION, retentionDays: 9999, retentionFiles: 1, now: ages });
    expect(readdirSync(folder).sort()).toEqual(['etl_main.2026-03-16.1.log', 'etl_main.2026-03-17.1.log.gz']);
  });
});
