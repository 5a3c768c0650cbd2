import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BusyError, InterruptedError } from '../../src/errors.ts';
import type { ReadQuota, StatedQuota } from '../../src/http/quota.ts';
import { createSender } from '../../src/http/send.ts';
import { type MeteredSender, withQuota } from '../../src/http/with-quota.ts';
import type { Logger } from '../../src/model/log.ts';
import { type FakeClock, fakeClock } from '../helpers/fake-clock.ts';
import { type Reply, scriptedServer, type ScriptedServer, type Step } from '../helpers/scripted-server.ts';

const NEVER = new AbortController().signal;
const log: Logger = {
  debug: () => {},
  info: () => {},
  warn: (_, message) => void warned.push(message),
  error: () => {},
};

/** An API that states its quota in one header of JSON. */
const readQuota: ReadQuota = (headers) => JSON.parse(headers['x-quota'] ?? '{}') as StatedQuota;

let warned: string[];
let folder: string;
let clock: FakeClock;
let server: ScriptedServer | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trestle-quota-'));
  clock = fakeClock();
  warned = [];
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.close();
  server = undefined;
});

async function metered(data: Step | readonly Step[], maxWait = 3_900_000): Promise<MeteredSender> {
  server ??= await scriptedServer({ data });
  const options = {
    rules: { read: readQuota, hint: 'look at THE_BOUNDS' },
    reservePercent: 10,
    minute: 60_000,
    file: join(folder, 'quota.json'),
    maxWait,
    clock,
    log,
  };
  return withQuota(options, createSender({ timeout: 10_000, hint: '' }));
}

const ask = ({ send }: MeteredSender, signal = NEVER) =>
  send({ method: 'GET', url: server!.base, headers: {} }, signal);

const left = (minute: number | undefined, hour?: number): Reply => ({
  headers: {
    date: new Date(clock.now()).toUTCString(),
    'X-Quota': JSON.stringify({
      ...(minute === undefined ? {} : { minute: { limit: 180, left: minute } }),
      ...(hour === undefined ? {} : { hour: { limit: 7200, left: hour, resetAt: clock.now() + 600_000 } }),
    }),
  },
});

describe('withQuota', () => {
  test('promise 11: 200 requests at 180 a minute wait and are never refused', async () => {
    const taken: number[] = [];
    const send = await metered(() => {
      const recent = taken.filter((at) => at > clock.now() - 60_000).length;
      if (recent >= 180) return { status: 429 };
      taken.push(clock.now());
      clock.pass(20);
      return left(180 - recent - 1);
    });
    for (let n = 0; n < 200; n += 1) expect((await ask(send)).status).toBe(200);
    expect(clock.sleeps.length).toBeGreaterThan(0);
  });

  test('promise 11: waits for the stated reset once the reserve is reached', async () => {
    const send = await metered([left(100, 720), left(100, 7199)]);
    await ask(send);
    await ask(send);
    expect(clock.sleeps).toEqual([600_000]);
    expect(send.waited()).toBe(600_000);
  });

  test('promise 11: a wait that is too long ends the run before the request', async () => {
    const send = await metered(left(100, 0), 599_999);
    await ask(send);
    const error: unknown = await ask(send).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(BusyError);
    expect(error).toMatchObject({
      message: "the hour's quota is spent for 10 min 0 s",
      exitCode: 75,
      code: 'hour-quota',
      hint: 'look at THE_BOUNDS',
    });
    expect(server?.asked).toHaveLength(1);
    expect(clock.sleeps).toEqual([]);
  });

  test('promise 11: stores the remaining quota between runs, in a private file', async () => {
    const first = await metered(left(100, 0));
    await ask(first);
    expect((statSync(join(folder, 'quota.json')).mode & 0o777).toString(8)).toBe('600');
    clock.pass(60_000);
    const second = await metered({});
    expect(second.quota()).toEqual(first.quota());
    await ask(second);
    expect(clock.sleeps).toEqual([540_000]);
  });

  test('promise 11: a quota that cannot be stored delays no request, and is reported once', async () => {
    mkdirSync(join(folder, 'quota.json'));
    const send = await metered(left(100));
    for (let n = 0; n < 3; n += 1) expect((await ask(send)).status).toBe(200);
    expect(warned).toEqual(['the remaining quota could not be stored']);
    expect(send.quota().minute?.left).toBe(100);
  });

  test('promise 11: the requests of the previous run count in this minute', async () => {
    const first = await metered(left(90));
    for (let n = 0; n < 5; n += 1) await ask(first);
    const { sent } = (await metered({})).quota();
    expect(sent.reduce((sum, [, count]) => sum + count, 0)).toBe(5);
  });

  test.each([
    '',
    '{"sent":',
    'null',
    '7',
    '[]',
    '{"sent":"x"}',
    '{"sent":[["a",1],[1],null],"minute":7,"hour":{"at":"x"}}',
  ])('ignores a file that holds %j', async (text) => {
    writeFileSync(join(folder, 'quota.json'), text);
    const send = await metered({});
    expect(send.quota()).toEqual({ sent: [] });
    expect((await ask(send)).status).toBe(200);
    expect(readFileSync(join(folder, 'quota.json'), 'utf8')).not.toBe(text);
  });

  test('promise 11: an answer without the headers changes nothing and delays nothing', async () => {
    const send = await metered({});
    for (let n = 0; n < 300; n += 1) await ask(send);
    expect(clock.sleeps).toEqual([]);
    expect(send.quota().minute).toBeUndefined();
  });

  test('promise 11: a refused request’s headers are read too', async () => {
    const send = await metered([{ ...left(0), status: 429 }, left(179)]);
    expect((await ask(send)).status).toBe(429);
    await ask(send);
    expect(clock.sleeps).toEqual([61_000]);
  });

  test('promise 17: a stop ends the wait, and nothing is sent', async () => {
    const send = await metered(left(0));
    await ask(send);
    const reason = new InterruptedError('SIGTERM');
    await expect(ask(send, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(server?.asked).toHaveLength(1);
  });
});
