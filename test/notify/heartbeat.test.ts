import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createHeartbeat, type Heartbeat } from '../../src/notify/heartbeat.ts';
import { InterruptedError } from '../../src/errors.ts';
import { fakeClock } from '../helpers/fake-clock.ts';
import { rawServer } from '../helpers/raw-server.ts';
import { type Reply, type ScriptedServer, scriptedServer, type Step } from '../helpers/scripted-server.ts';
import { type Line, recorder } from './alert/desk.ts';

const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function server(data: Step | readonly Step[] = {}): Promise<ScriptedServer> {
  const started = await scriptedServer({ data });
  closing.push(started.close);
  return started;
}

function beat(
  address: string | undefined,
  { signal = new AbortController().signal, limit = 60_000 } = {},
): { heartbeat: Heartbeat; lines: Line[] } {
  const lines: Line[] = [];
  const options = { address, clock: fakeClock(), random: () => 1, log: recorder(lines), signal, limit };
  return { heartbeat: createHeartbeat(options), lines };
}

/** A run has started. */
async function startOf(): Promise<[ScriptedServer, ReturnType<typeof beat>]> {
  const service = await server();
  const beating = beat(`${service.origin}/my-uuid`);
  beating.heartbeat.start();
  return [service, beating];
}

function paths({ asked }: ScriptedServer): string[] {
  return asked.map(({ method, target }) => `${method} ${target}`);
}

test.each([
  ['success', ''],
  ['fail', '/fail'],
] as const)('promise 20: a run that starts and ends with %s is told so, in this order', async (how, path) => {
  const [service, { heartbeat, lines }] = await startOf();
  await heartbeat.end(how);
  expect(paths(service)).toEqual(['GET /my-uuid/start', `GET /my-uuid${path}`]);
  expect(lines).toEqual([]);
});

test('reports only the start of a run that proves neither', async () => {
  const [service, { heartbeat }] = await startOf();
  while (service.asked.length === 0) await sleep(5);
  await heartbeat.end(undefined);
  expect(paths(service)).toEqual(['GET /my-uuid/start']);
});

test.each([
  ['/key/slug?create=1', ['GET /key/slug/start?create=1', 'GET /key/slug/fail?create=1']],
  ['/my-uuid/', ['GET /my-uuid/start', 'GET /my-uuid/fail']],
  ['', ['GET /start', 'GET /fail']],
])('an address with the path "%s"', async (path, told) => {
  const service = await server();
  const { heartbeat } = beat(`${service.origin}${path}`);
  heartbeat.start();
  await heartbeat.end('fail');
  expect(paths(service)).toEqual(told);
});

test('without an address it sends nothing', async () => {
  const { heartbeat, lines } = beat(undefined);
  heartbeat.start();
  await heartbeat.end('success');
  expect(lines).toEqual([]);
});

describe('promise 20: a service that fails', () => {
  test('is retried', async () => {
    const service = await server([{}, { status: 503 }, { status: 500 }, {}] as readonly Reply[]);
    const { heartbeat, lines } = beat(`${service.origin}/u`);
    heartbeat.start();
    await heartbeat.end('success');
    expect(paths(service)).toEqual(['GET /u/start', 'GET /u', 'GET /u', 'GET /u']);
    expect(lines).toEqual([]);
  });

  test('is logged, and does not throw', async () => {
    const service = await server({ status: 404, body: '(not found)' });
    const { heartbeat, lines } = beat(`${service.origin}/u`);
    heartbeat.start();
    await heartbeat.end('success');
    expect(lines.map(({ level, data }) => [level, data['ping']])).toEqual([
      ['warn', 'start'],
      ['warn', 'success'],
    ]);
  });

  test('is abandoned in time if it hangs', async () => {
    const silent = await rawServer();
    closing.push(silent.close);
    const { heartbeat, lines } = beat(`http://${silent.host}/u`, { limit: 200 });
    heartbeat.start();
    await heartbeat.end('fail');
    expect(lines.map(({ data }) => data['ping'])).toEqual(['start', 'fail']);
  });

  test('is abandoned at once if it hangs and the run is stopped', async () => {
    const silent = await rawServer();
    closing.push(silent.close);
    const stop = new AbortController();
    const { heartbeat, lines } = beat(`http://${silent.host}/u`, { signal: stop.signal });
    heartbeat.start();
    stop.abort(new InterruptedError('SIGTERM'));
    await heartbeat.end(undefined);
    expect(lines.map(({ data }) => data['ping'])).toEqual(['start']);
  });
});
