import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LogOptions, type Logs, openLogs } from '../../src/log/log.ts';
import { createRedactor } from '../../src/log/redact.ts';
import { ConfigError, RetryableError } from '../../src/errors.ts';

const NAMES = ['api_calls', 'data_quality', 'database', 'errors', 'etl_main'];
const DAY = 86_400_000;

let root: string;
let dir: string;
let lost: string[];
const open: Logs[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trestle-log-'));
  dir = join(root, 'logs');
  lost = [];
});
afterEach(() => {
  open.splice(0).forEach((logs) => logs.close());
  rmSync(root, { recursive: true, force: true });
});

async function start(more: Partial<LogOptions> = {}): Promise<Logs> {
  const logs = await openLogs({
    dir,
    level: 'info',
    maxBytes: 20 * 1024 ** 2,
    retentionDays: 14,
    retentionFiles: 30,
    redactor: createRedactor(['geheim"1']),
    now: Date.now(),
    onLost: (message) => lost.push(message),
    ...more,
  });
  open.push(logs);
  return logs;
}

type Line = Record<string, unknown>;
const linesOf = (name: string): Line[] =>
  readFileSync(join(dir, `${name}.log`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
const messages = (name: string): unknown[] => linesOf(name).map((line) => line['msg']);
const linked = (): string[] =>
  readdirSync(dir)
    .filter((name) => lstatSync(join(dir, name)).isSymbolicLink())
    .toSorted();

/** The system's file that is always full. */
const fill = (name: string): void => {
  const today = join(dir, readlinkSync(join(dir, `${name}.log`)));
  rmSync(today);
  symlinkSync('/dev/full', today);
};

/** Bytes in use, without what is garbage. */
function inUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const numberOf = (name: string): number => Number(/\.(\d+)\.log$/.exec(name)?.[1]);

describe('openLogs', () => {
  test('promise 19: there are five logs, each with a constant name that links to today’s file', async () => {
    await start();
    expect(linked()).toEqual(NAMES.map((name) => `${name}.log`));
    for (const name of NAMES) {
      expect(readlinkSync(join(dir, `${name}.log`))).toMatch(
        new RegExp(`^${name}\\.\\d{4}-\\d\\d-\\d\\d\\.1\\.log$`),
      );
    }
    expect(readdirSync(dir)).toHaveLength(10);
  });

  test('promise 19: each channel has a file with one JSON object per line, written at once', async () => {
    const logs = await start();
    logs.main.info({ a: 1 }, 'started');
    logs.api.warn({}, 'slow');
    logs.quality.info({}, 'odd');
    logs.database.info({}, 'committed');
    expect(linesOf('etl_main')).toMatchObject([{ level: 'info', pid: process.pid, a: 1, msg: 'started' }]);
    expect([messages('api_calls'), messages('data_quality'), messages('database')]).toEqual([
      ['slow'],
      ['odd'],
      ['committed'],
    ]);
    expect(Date.parse(String(linesOf('etl_main')[0]?.['time']))).not.toBeNaN();
  });

  test('promise 19: errors.log has the errors of every channel, and no lower levels', async () => {
    const logs = await start();
    for (const [name, logger] of Object.entries({
      main: logs.main,
      api: logs.api,
      quality: logs.quality,
      database: logs.database,
    })) {
      logger.warn({}, `${name} warns`);
      logger.error({}, `${name} fails`);
    }
    expect(messages('errors')).toEqual(['main fails', 'api fails', 'quality fails', 'database fails']);
    expect(messages('api_calls')).toEqual(['api warns', 'api fails']);
  });

  test('promise 19: the run’s id is on every line from the start of a run', async () => {
    const logs = await start();
    logs.main.info({}, 'before');
    logs.setRun(42);
    logs.main.info({}, 'after');
    logs.database.error({}, 'broken');
    expect(linesOf('etl_main').map((line) => line['run'])).toEqual([undefined, 42]);
    expect([...linesOf('database'), ...linesOf('errors')].map((line) => line['run'])).toEqual([42, 42]);
  });

  test('lines below the level are omitted', async () => {
    const logs = await start({ level: 'warn' });
    logs.main.debug({}, 'debug');
    logs.main.info({}, 'info');
    logs.main.warn({}, 'warn');
    logs.main.error({}, 'error');
    expect(messages('etl_main')).toEqual(['warn', 'error']);
    expect(messages('errors')).toEqual(['error']);
  });

  test('promise 19: a secret appears in no file, regardless of its path', async () => {
    const hidden = createRedactor(['geheim"1']);
    const logs = await start({ redactor: hidden });
    hidden.hide('token-abc');
    const cause = new Error('password geheim"1 refused');
    logs.main.error(
      { err: new RetryableError('at ?p=geheim%221', { op: 'x', cause }), header: 'Bearer token-abc' },
      'with geheim"1',
    );
    const text = NAMES.map((name) => readFileSync(join(dir, `${name}.log`), 'utf8')).join('');
    expect(text).toContain('[hidden]');
    expect(text).not.toMatch(/geheim|token-abc/);
    expect(linesOf('errors')).toHaveLength(1);
  });

  test('an error is logged with its cause, hint and code, without other members of the driver', async () => {
    const logs = await start();
    const cause = Object.assign(new Error('lost'), {
      code: 'ECONNRESET',
      errno: -104,
      sql: 'INSERT',
      config: { token: 't' },
    });
    logs.main.error({ err: new RetryableError('again', { op: 'GET', hint: 'later', cause }) }, 'failed');
    logs.main.error({ err: 'only text' }, 'failed');
    const [first, second] = linesOf('errors').map((line) => line['err'] as Line);
    expect(first).toMatchObject({
      type: 'RetryableError',
      message: 'again',
      op: 'GET',
      hint: 'later',
      stack: expect.stringContaining('log.test.ts'),
      cause: { message: 'lost', code: 'ECONNRESET', errno: -104 },
    });
    expect(Object.keys(first?.['cause'] as Line).toSorted()).toEqual([
      'code',
      'errno',
      'message',
      'stack',
      'type',
    ]);
    expect(second).toEqual({ message: 'only text' });
  });

  test('promise 19: the next process appends to the same file', async () => {
    (await start()).main.info({}, 'first');
    open.splice(0).forEach((logs) => logs.close());
    (await start()).main.info({}, 'second');
    expect(messages('etl_main')).toEqual(['first', 'second']);
  });

  test('promise 19: a full file is followed by another one, and the link points to the last', async () => {
    const logs = await start({ maxBytes: 1024 });
    for (let n = 0; n < 60; n += 1) {
      logs.main.info({ filler: 'x'.repeat(100) }, `line ${n}`);
      await new Promise((done) => setImmediate(done));
    }
    open.splice(0).forEach((each) => each.close());
    const files = readdirSync(dir).filter((name) => /^etl_main\..*\.\d+\.log$/.test(name));
    expect(files.length).toBeGreaterThan(1);
    const all = files.flatMap((name) =>
      readFileSync(join(dir, name), 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    );
    expect(new Set(all.map((line) => (JSON.parse(line) as Line)['msg'])).size).toBe(60);
    expect(numberOf(readlinkSync(join(dir, 'etl_main.log')))).toBe(Math.max(...files.map(numberOf)));
  });

  test('a full disk is reported once for all files, and the run continues', async () => {
    await start();
    NAMES.forEach(fill);
    const logs = await start();
    expect(lost).toEqual([]);
    for (let n = 0; n < 3; n += 1) {
      logs.main.info({}, `line ${n}`);
      logs.api.error({}, `error ${n}`);
    }
    expect(lost).toEqual([
      `LOG_DIR ${dir} cannot be written any more, and log lines are being lost: ` +
        'ENOSPC: no space left on device, write; the run itself continues',
    ]);
  });

  test('promise 22: lines that cannot be written do not stay in memory', async () => {
    await start();
    fill('etl_main');
    const logs = await start();
    const line = 'x'.repeat(10_000);
    const before = inUse();
    for (let n = 0; n < 5000; n += 1) logs.main.info({ line: `${n}${line}` }, 'long');
    expect(lost).toHaveLength(1);
    expect(inUse() - before).toBeLessThan(25 * 1024 * 1024);
  });

  test('a folder that cannot be written is a ConfigError', async () => {
    writeFileSync(dir, 'a file stands where the folder should be');
    const error: unknown = await start().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({
      exitCode: 78,
      message: expect.stringContaining(`LOG_DIR ${dir} cannot be written`),
    });
  });
});

const lay = (name: string, daysAgo: number): void => {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, name), 'old\n');
  const time = new Date(Date.now() - daysAgo * DAY);
  utimesSync(join(dir, name), time, time);
};

const lies = (name: string): boolean => readdirSync(dir).includes(name);

describe('the retention', () => {
  test('promise 19: our files are removed when they are too old; other files are kept', async () => {
    const own = [
      'etl_main.2020-01-01.1.log',
      'etl_main.2020-01-01.2.log.gz',
      'errors.2020-01-01.12.log',
      'api_calls.2020-01-02.1.log',
    ];
    const foreign = [
      'etl_main.2020-01-01.log',
      'my_etl_main.2020-01-01.1.log',
      'etl_main_2020-01-01.1.log',
      'other.2020-01-01.1.log',
      'notes.txt',
    ];
    for (const name of [...own, ...foreign]) lay(name, 15);
    lay('database.2020-01-03.1.log', 13);
    await start();
    expect(own.filter(lies)).toEqual([]);
    expect(foreign.filter(lies)).toEqual(foreign);
    expect(lies('database.2020-01-03.1.log.gz')).toBe(true);
  });

  test('promise 19: the newest files are kept, counted for each name', async () => {
    for (let day = 1; day <= 5; day += 1) {
      lay(`etl_main.2020-01-0${day}.1.log`, (6 - day) / 10);
      lay(`errors.2020-01-0${day}.1.log`, (6 - day) / 10);
    }
    await start({ retentionFiles: 2 });
    const old = readdirSync(dir)
      .filter((name) => name.includes('.2020-'))
      .toSorted();
    // The other one is today's.
    expect(old).toEqual(['errors.2020-01-05.1.log', 'etl_main.2020-01-05.1.log']);
  });

  test('a regular file in the place of the link is kept', async () => {
    lay('errors.log', 1);
    const logs = await start();
    logs.main.error({}, 'failed');
    expect(readFileSync(join(dir, 'errors.log'), 'utf8')).toBe('old\n');
    expect(messages('etl_main')).toEqual(['failed']);
  });
});
