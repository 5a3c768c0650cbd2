import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunResult, withReporting } from '../../../src/commands/shared/with-reporting.ts';
import type { Context } from '../../../src/app/context.ts';
import { type Database, openDatabase } from '../../../src/db/pool.ts';
import { clock } from '../../../src/host/clock.ts';
import { createHeartbeat } from '../../../src/notify/heartbeat.ts';
import type { Notice } from '../../../src/notify/alert/notice.ts';
import {
  BusyError,
  CredentialsError,
  FatalError,
  FencedError,
  InterruptedError,
  UnavailableError,
  UsageError,
} from '../../../src/errors.ts';
import { resources } from '../../../src/sources/trestle/datasets/index.ts';
import { desk } from '../../notify/alert/desk.ts';
import { settings } from '../../notify/alert/facts.ts';
import { type Pipeline, pipeline, type Settings, temporaryFolder } from '../../helpers/pipeline.ts';
import { rawServer } from '../../helpers/raw-server.ts';
import { type ScriptedServer, scriptedServer } from '../../helpers/scripted-server.ts';

let all: Pipeline;
let service: ScriptedServer;

beforeAll(async () => {
  all = await pipeline({ listings: 20, hourQuota: 10_000 });
  service = await scriptedServer({});
});

beforeEach(() => {
  service.asked.length = 0;
});

afterAll(() => service.close());

/** What `watched` needs of a context; alerts and pings go to the service. */
function contextOf(more: Settings = {}): Context {
  const tools = all.tools(more);
  const { alerts } = desk({ webhook: { url: `${service.origin}/hook`, format: 'json' } });
  const heartbeat = createHeartbeat({
    ...tools,
    log: tools.log.main,
    address: `${service.origin}/ping`,
    limit: 60_000,
  });
  const { database } = tools;
  const config = { metricsFile: undefined, media: { isOn: false } };
  return { config, database, resources, tools, alerts, heartbeat } as unknown as Context;
}

function told(): { pings: string[]; alerts: string[]; notices: Notice[] } {
  const notices = service.asked
    .filter(({ path }) => path === '/hook')
    .map(({ body }) => JSON.parse(body) as Notice);
  return {
    pings: service.asked.filter(({ path }) => path !== '/hook').map(({ path }) => path),
    alerts: notices.map(({ kind }) => kind).sort(),
    notices,
  };
}

const good: RunResult = { status: 'success', totals: { processed: 10, rejected: 0, altered: 0 }, lost: [] };

function failing(reason: Error): () => Promise<RunResult> {
  return async () => {
    throw reason;
  };
}

function broken(): never {
  throw new Error('no /proc');
}

test('a run that lost a resource is reported as a failure that names it', async () => {
  await withReporting(contextOf(), 'sync', () =>
    Promise.resolve({ ...good, status: 'partial', lost: ['Media'] }),
  );
  expect(told()).toMatchObject({ pings: ['/ping/start', '/ping/fail'], alerts: ['lost'] });
  expect(told().notices[0]?.title).toContain('Media');
});

test('a successful run returns its result and is reported as a success', async () => {
  expect(await withReporting(contextOf(), 'sync', () => Promise.resolve(good))).toBe(good);
  expect(told()).toMatchObject({ pings: ['/ping/start', '/ping'], alerts: [] });
});

test('a partial run is reported as a success', async () => {
  await withReporting(contextOf(), 'sync', () => Promise.resolve({ ...good, status: 'partial' }));
  expect(told()).toMatchObject({ pings: ['/ping/start', '/ping'], alerts: [] });
});

test.each<[string, Error, string[], string[]]>([
  ['a failure', new FatalError('broken', { op: 'x' }), ['/ping/fail'], ['failed']],
  ['a bug', new TypeError('a bug'), ['/ping/fail'], ['failed']],
  ['an API that is away', new UnavailableError('away', { op: 'x' }), ['/ping/fail'], ['failed']],
  ['refused credentials', new CredentialsError('no', { op: 'x' }), ['/ping/fail'], ['credentials']],
  ['another run that is active', new BusyError('active', { op: 'lock' }), [], []],
  ['a watermark that another run moved', new FencedError('moved', { op: 'x' }), [], []],
  ['a stop', new InterruptedError('SIGTERM'), [], []],
  ['wrong usage', new UsageError('what?', { op: 'x' }), [], []],
])('%s is rethrown unchanged and reported by its class', async (_, error, pings, alerts) => {
  const context = contextOf();
  const work = async (): Promise<RunResult> => {
    while (service.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    throw error;
  };
  await expect(withReporting(context, 'sync', work)).rejects.toBe(error);
  expect(told()).toMatchObject({ pings: ['/ping/start', ...pings], alerts });
});

test('the alert of a failure names the run, the error and its hint', async () => {
  const error = new FatalError('broken', { op: 'x', hint: 'mend it' });
  const runs: number[] = [];
  const context = contextOf({ tools: { setRun: (id) => void runs.push(id) } });
  const working = withReporting(context, 'reconcile', (tools) => {
    tools.setRun(42);
    return failing(error)();
  });
  await expect(working).rejects.toBe(error);
  expect(runs).toEqual([42]);
  const [notice] = told().notices;
  expect(notice).toMatchObject({ run: 42, title: 'reconcile failed: broken', facts: { exitCode: 1 } });
  expect(notice?.text).toContain('What to do: mend it');
});

test('rejects are reported with the counts of the run', async () => {
  const result = { ...good, status: 'partial' as const, totals: { processed: 50, rejected: 10, altered: 0 } };
  await withReporting(contextOf(), 'sync', async (tools) => {
    tools.setRun(5);
    return result;
  });
  expect(told().notices).toMatchObject([
    { kind: 'rejects', run: 5, facts: { processed: 50, rejected: 10, percent: 20 } },
  ]);
});

test('low disk space is reported', async () => {
  const disks = [{ path: '/srv', free: settings.diskFree - 1 }];
  await withReporting(
    contextOf({ tools: { readCapacity: () => ({ disks, memory: Infinity }) } }),
    'sync',
    () => Promise.resolve(good),
  );
  expect(told()).toMatchObject({ alerts: ['disk'] });
});

/** A source that remembers this of the hour. */
function remembering(resetAt: number | undefined, calls: number): Settings {
  const { source } = all.tools();
  const hour = { limit: 1000, left: 10, resetAt };
  const minute = { limit: undefined, left: undefined, resetAt: undefined };
  return { tools: { source: { ...source, requests: () => calls, quota: () => ({ minute, hour }) } } };
}

test.each<[string, number | undefined, number, string[]]>([
  ['this hour', Date.now() + 1_800_000, 0, ['quota']],
  ['an hour that is over', Date.now() - 1, 9, []],
  ['an hour without a reported end, used by this run', undefined, 1, ['quota']],
  ['an hour without a reported end, used by an earlier run', undefined, 0, []],
])('alerts for the quota of %s', async (_, resetAt, calls, alerts) => {
  await withReporting(contextOf(remembering(resetAt, calls)), 'sync', () => Promise.resolve(good));
  expect(told()).toMatchObject({ alerts });
});

test('staleness is the time since all tables were last read completely, even after a failure', async () => {
  await all.run({ mode: 'full-load' });
  await withReporting(contextOf(), 'sync', () => Promise.resolve(good));
  expect(told()).toMatchObject({ alerts: [] });
  await all.db.query(
    "UPDATE etl_watermark SET complete_at = complete_at - INTERVAL 13 HOUR WHERE resource = 'Media'",
  );
  const error = new UnavailableError('away', { op: 'x' });
  await expect(withReporting(contextOf(), 'sync', failing(error))).rejects.toBe(error);
  const { alerts, notices } = told();
  expect(alerts).toEqual(['failed', 'stale']);
  const age = Number(notices.find(({ kind }) => kind === 'stale')!.facts['ageSeconds']);
  expect(age).toBeGreaterThanOrEqual(13 * 3600);
  // A resource that never got there does not hide it.
  await all.db.query("UPDATE etl_watermark SET complete_at = NULL WHERE resource = 'Property'");
  service.asked.length = 0;
  await withReporting(contextOf(), 'sync', () => Promise.resolve(good));
  expect(told()).toMatchObject({ alerts: ['stale'] });
  await all.db.query('UPDATE etl_watermark SET complete_at = NULL');
  service.asked.length = 0;
  await withReporting(contextOf(), 'sync', () => Promise.resolve(good));
  expect(told()).toMatchObject({ alerts: [] });
});

describe('a database that does not answer', () => {
  let silent: Awaited<ReturnType<typeof rawServer>>;
  let visits = 0;

  beforeAll(async () => {
    silent = await rawServer(() => {
      visits += 1;
    });
  });

  afterAll(() => silent.close());

  function silentDatabase(): Database {
    const [host = '', port] = silent.host.split(':');
    const account = { database: 'd', user: 'u', password: '', tls: undefined };
    return openDatabase({ host, port: Number(port), socket: undefined, ...account });
  }

  test('prevents no report except the age of the tables', async () => {
    const error = new UnavailableError('the API is away', { op: 'sign-in' });
    const context = { ...contextOf(), database: silentDatabase() };
    await expect(withReporting(context, 'sync', failing(error))).rejects.toBe(error);
    expect(told()).toMatchObject({ pings: ['/ping/start', '/ping/fail'], alerts: ['failed'] });
    expect(visits).toBe(1);
  }, 8000);

  test('is not queried if it made the run fail', async () => {
    visits = 0;
    const error = new UnavailableError('the database is away', { op: 'connect' });
    const context = { ...contextOf(), database: silentDatabase() };
    await expect(withReporting(context, 'sync', failing(error))).rejects.toBe(error);
    expect(told()).toMatchObject({ alerts: ['failed'] });
    expect(visits).toBe(0);
  });
});

test('promise 20: if the tables are locked, the metrics are kept and nothing waits', async () => {
  await all.run({ mode: 'full-load' });
  const file = join(temporaryFolder(), 'etl.prom');
  writeFileSync(file, 'as it was\n');
  const { db } = all;
  const own = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  await db.query('LOCK TABLES properties WRITE, etl_watermark WRITE');
  const quick = { ...clock, sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms / 10, signal) };
  const context = {
    ...contextOf({ tools: { clock: quick } }),
    config: { metricsFile: file, media: { isOn: false } },
    database: own,
  };
  all.lines.length = 0;
  expect(await withReporting(context as unknown as Context, 'sync', () => Promise.resolve(good))).toBe(good);
  await own.close();
  expect(told()).toMatchObject({ pings: ['/ping/start', '/ping'], alerts: [] });
  expect(readFileSync(file, 'utf8')).toBe('as it was\n');
  expect(all.lines.map(({ message }) => message)).toContain('the metrics could not be written');
  await db.query('UNLOCK TABLES');
}, 8000);

test('an error while reporting is logged and does not fail the run', async () => {
  all.lines.length = 0;
  expect(
    await withReporting(contextOf({ tools: { readCapacity: broken } }), 'sync', () => Promise.resolve(good)),
  ).toBe(good);
  expect(all.lines).toContainEqual(
    expect.objectContaining({ level: 'error', message: 'the run could not be reported completely' }),
  );
  expect(told()).toMatchObject({ pings: ['/ping/start', '/ping'], alerts: [] });
});
