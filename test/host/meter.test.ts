import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openMeter } from '../../src/host/meter.ts';
import { makePrivateFolder, writePrivate } from '../../src/host/private-file.ts';
import type { Logger } from '../../src/model/log.ts';
import type { CallBook, Meter } from '../../src/model/usage.ts';
import { type FakeClock, fakeClock } from '../helpers/fake-clock.ts';
import { temporaryFolder } from '../helpers/pipeline.ts';

const HOUR = 3_600_000;

let dir: string;
let clock: FakeClock;
let warnings: string[];

beforeEach(() => {
  dir = temporaryFolder();
  clock = fakeClock();
  warnings = [];
});

const warn = (_: object, message: string): void => void warnings.push(message);
const log: Logger = { debug: warn, info: warn, warn, error: warn };

const open = (host = 'here'): Meter => openMeter({ dir, host, clock, log });

const files = (): string[] => readdirSync(dir).filter((name) => name.startsWith('usage-'));

const kept = (): CallBook => JSON.parse(readFileSync(join(dir, files()[0]!), 'utf8')) as CallBook;

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

function leave(name: string, more: object = {}): string {
  const path = join(dir, `usage-${name}.json`);
  const count = {
    run: 1,
    hour: 0,
    resource: 'Property',
    kind: 'data',
    calls: 3,
    failed: 1,
    bytes: 10,
    ms: 5,
  };
  writePrivate(path, { process: name, host: 'here', pid: deadPid(), counts: [count], ...more });
  return path;
}

describe('counting', () => {
  test('a call is in the file before it is sent, and its result after it has ended', () => {
    const meter = open();
    const end = meter.begin('data', 'Property');
    expect(kept().counts).toMatchObject([{ calls: 1, failed: 0, bytes: 0, ms: 0 }]);
    clock.pass(120);
    end({ failed: true, bytes: 40 });
    expect(kept().counts).toEqual([
      {
        run: 0,
        hour: Math.floor(clock.now() / HOUR) * HOUR,
        source: 'trestle',
        resource: 'Property',
        kind: 'data',
        calls: 1,
        failed: 1,
        bytes: 40,
        ms: 120,
      },
    ]);
    expect(statSync(join(dir, files()[0]!)).mode & 0o777).toBe(0o600);
  });

  test('hours, runs, resources and kinds are counted separately; a call belongs to the hour and run in which it started', () => {
    const meter = open();
    const end = meter.begin('data', 'Property');
    meter.setRun(7);
    clock.pass(HOUR);
    end({ failed: false, bytes: 1 });
    meter.begin('data', 'Property')({ failed: false, bytes: 2 });
    meter.begin('census', 'Property')({ failed: false, bytes: 4 });
    meter.begin('data', 'Media')({ failed: false, bytes: 8 });
    const { counts } = meter.readPending();
    expect(counts.map(({ run, hour, bytes, ms }) => [run, hour % (24 * HOUR), bytes, ms])).toEqual([
      [0, 12 * HOUR, 1, HOUR],
      [7, 13 * HOUR, 2, 0],
      [7, 13 * HOUR, 4, 0],
      [7, 13 * HOUR, 8, 0],
    ]);
  });

  test('a clock that was set back never reduces the time', () => {
    const meter = open();
    const end = meter.begin('data', 'Property');
    clock.pass(-5000);
    end({ failed: false, bytes: 0 });
    expect(meter.readPending().counts).toMatchObject([{ ms: 0 }]);
  });

  test('saved counts are not pending until they grow; then the total is', () => {
    const meter = open();
    meter.begin('data', 'Property')({ failed: false, bytes: 5 });
    const book = meter.readPending();
    const end = meter.begin('data', 'Property');
    // Only the counts that were pending then are saved.
    meter.markSaved(book);
    expect(meter.readPending().counts).toMatchObject([{ calls: 2 }]);
    end({ failed: false, bytes: 5 });
    meter.markSaved(meter.readPending());
    expect(meter.readPending().counts).toEqual([]);
  });

  test('the file is removed when all counts are saved, and kept otherwise', () => {
    const meter = open();
    meter.begin('data', 'Property')({ failed: false, bytes: 5 });
    meter.close();
    expect(files()).toHaveLength(1);
    meter.markSaved(meter.readPending());
    meter.close();
    expect(files()).toEqual([]);
  });

  test('deferred counts are not saved before the next run', () => {
    const meter = open();
    meter.begin('data', 'Property');
    meter.deferPending();
    expect(meter.readPending().counts).toEqual([]);
    meter.close();
    expect(files()).toHaveLength(1);
    meter.setRun(2);
    expect(meter.readPending().counts).toHaveLength(1);
  });

  test('a folder that cannot be written causes one warning, and loses no count', () => {
    const blocked = join(dir, 'file');
    writeFileSync(blocked, '');
    const meter = openMeter({ dir: blocked, host: 'here', clock, log });
    meter.begin('data', 'Property')({ failed: false, bytes: 5 });
    expect(meter.readPending().counts).toMatchObject([{ calls: 1 }]);
    expect(warnings).toEqual(['the count of calls could not be saved']);
  });

  test('a command without calls writes no file', () => {
    open().close();
    expect(readdirSync(dir)).toEqual([]);
  });

  test('names of processes are unique', () => {
    const names = Array.from({ length: 50 }, () => open().readPending().process);
    expect(new Set(names).size).toBe(50);
    for (const name of names) expect(name).toMatch(/^[\w-]{1,64}$/);
  });
});

describe('leftovers of processes', () => {
  test('counts of a killed process are found, and removed when they are forgotten', () => {
    const path = leave('dead');
    const [found, ...others] = open().readLeftovers();
    expect(others).toEqual([]);
    expect(found).toMatchObject({ process: 'dead', counts: [{ calls: 3, failed: 1 }] });
    found!.forget();
    expect(existsSync(path)).toBe(false);
  });

  test('neither the own file nor that of a live process is a leftover', () => {
    const meter = open();
    meter.begin('data', 'Property');
    leave('alive', { pid: process.ppid });
    expect(meter.readLeftovers()).toEqual([]);
  });

  test('in a container an earlier process can have had the same id', () => {
    leave('before', { pid: process.pid });
    expect(open().readLeftovers()).toMatchObject([{ process: 'before' }]);
  });

  test('a file of another machine is a leftover after a day of silence', () => {
    const path = leave('abroad', { host: 'there' });
    const now = clock.now() / 1000;
    utimesSync(path, now, now - 23 * 3600);
    expect(open().readLeftovers()).toEqual([]);
    utimesSync(path, now, now - 25 * 3600);
    expect(open().readLeftovers()).toMatchObject([{ process: 'abroad' }]);
  });

  test.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['no counts', '{"process":"x","host":"here","pid":1}'],
    [
      'counts that are none',
      '{"process":"x","host":"here","pid":1,"counts":[{"run":1,"hour":0,"resource":"a","kind":"data","calls":-1,"failed":0,"bytes":0,"ms":0}]}',
    ],
    [
      'a kind that there is not',
      '{"process":"x","host":"here","pid":1,"counts":[{"run":1,"hour":0,"resource":"a","kind":"b","calls":1,"failed":0,"bytes":0,"ms":0}]}',
    ],
    ['a name that is none', '{"process":"x y","host":"here","pid":1,"counts":[]}'],
  ])('a file with %s is let be', (_, text) => {
    const path = join(dir, 'usage-x.json');
    makePrivateFolder(dir);
    writeFileSync(path, text, { mode: 0o600 });
    utimesSync(path, 0, 0);
    expect(open().readLeftovers()).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });
});
