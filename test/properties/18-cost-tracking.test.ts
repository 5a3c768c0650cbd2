import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { readUsage } from '../../src/commands/usage/read.ts';
import type { Database } from '../../src/db/pool.ts';
import { openMeter } from '../../src/host/meter.ts';
import type { Dataset } from '../../src/dataset/dataset.ts';
import type { Log, Logger } from '../../src/model/log.ts';
import type { Meter } from '../../src/model/usage.ts';
import { media } from '../../src/sources/trestle/datasets/media.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { saveUsageWithin, flushUsage, saveLeftoverUsage } from '../../src/run/metering.ts';
import type { Fault, Sandbox, SeenRequest } from '../../src/sandbox/trestle/index.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { type FakeClock, fakeClock } from '../helpers/fake-clock.ts';
import { pipeline, temporaryFolder } from '../helpers/pipeline.ts';
import { allOf, sourceOf } from '../helpers/source.ts';
import { CASES, PATIENCE } from './arbitraries.ts';
import type { TrestleSource } from '../../src/sources/trestle/odata/index.ts';

/** What goes wrong with calls: all that ends one, but for bodies cut off, which the sandbox calls answered. */
const anyFault: fc.Arbitrary<Fault> = fc
  .tuple(
    fc.oneof(
      fc.constantFrom<Fault>(
        { kind: 'reset' },
        { kind: 'html' },
        { kind: 'empty' },
        { kind: 'truncate-json' },
      ),
      fc.constantFrom<Fault>({ kind: 'rate-limit' }, { kind: 'rate-limit', retryAfter: 3 }),
      fc.constantFrom(400, 403, 404, 408, 500, 503).map((status): Fault => ({ kind: 'status', status })),
      fc.constantFrom<Fault>(
        { kind: 'revoke' },
        { kind: 'status', status: 503, resource: 'token' },
        { kind: 'no-quota-headers' },
      ),
    ),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([fault, count, skip]) => ({ ...fault, count, skip }));

/** What a process does between being started and its end. */
const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constantFrom('count', 'pages', 'census', 'byKeys', 'present', 'children'),
      of: fc.constantFrom(property, media),
    }),
  },
  { weight: 3, arbitrary: anyFault.map((fault) => ({ what: 'fault' as const, fault })) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constantFrom('save', 'save twice', 'roll back', 'lose the answer', 'new run', 'hour'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('kill', 'end') }) },
);

type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

type World = {
  readonly sandbox: Sandbox;
  readonly db: FreshDatabase;
  readonly database: Database;
  readonly dir: string;
  readonly clock: FakeClock;
};

type Process = { readonly source: TrestleSource; readonly meter: Meter };

function nothing(): void {
  // What is logged is not looked at here.
}

const logger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const log: Log = { main: logger, api: logger, quality: logger, database: logger };
const NEVER = new AbortController().signal;

/** As context.ts puts them together; the last one's files are still there. */
function startProcess({ sandbox, dir, clock }: World): Process {
  const meter = openMeter({ dir, host: 'here', clock, log: logger });
  const { source } = sourceOf(
    { ...sandbox, base: sandbox.url },
    {
      pageSize: 8,
      tokenFile: `${dir}/token.json`,
      quotaFile: `${dir}/quota.json`,
      clock,
      log,
      meter,
      maxWait: 7_200_000,
    },
  );
  return { source, meter };
}

async function ask(source: TrestleSource, what: string, of: Dataset, keys: readonly string[]): Promise<void> {
  if (what === 'count') await source.keys.count(of, NEVER);
  if (what === 'pages') await allOf(source.read(of, { cursor: undefined, count: true }, NEVER));
  if (what === 'census')
    for await (const page of source.keys.census(of, undefined, NEVER)) expect(page).toBeDefined();
  if (what === 'byKeys') await allOf(source.keys.records(property, keys, NEVER));
  if (what === 'present') await source.keys.present(property, keys, 'all', NEVER);
  if (what === 'children') await allOf(source.children(media, keys, NEVER));
}

async function save({ database }: World, { meter }: Process, what: string): Promise<void> {
  const connection = await database.connect();
  await connection.run('START TRANSACTION');
  const book = await saveUsageWithin({ meter, log }, connection);
  await connection.run(what === 'roll back' ? 'ROLLBACK' : 'COMMIT');
  // Where the answer is lost, nobody knows that it went through.
  if (what === 'save' || what === 'save twice') meter.markSaved(book);
  if (what === 'save twice')
    await saveUsageWithin({ meter: { ...meter, readPending: () => book }, log }, connection);
  connection.release();
}

async function play(world: World, steps: readonly Step[], keys: readonly string[]): Promise<void> {
  const { sandbox, database, clock } = world;
  let process = startProcess(world);
  for (const [index, step] of steps.entries()) {
    if ('fault' in step) sandbox.faults.add(step.fault);
    else if ('of' in step) await ask(process.source, step.what, step.of, keys).catch(nothing);
    else if (step.what === 'new run') process.meter.setRun(index + 1);
    else if (step.what === 'hour') clock.pass(3_600_000);
    else if (step.what === 'end') await flushUsage({ meter: process.meter, log, database });
    else if (step.what !== 'kill') await save(world, process, step.what);
    if (step.what === 'kill' || step.what === 'end') process = startProcess(world);
  }
  const connection = await database.connect();
  const next = startProcess(world);
  await saveLeftoverUsage({ meter: next.meter, log }, connection);
  connection.release();
}

type Table = Record<string, { calls: number; failed: number }>;

/** By the sandbox's own account. */
function served(requests: readonly SeenRequest[]): Table {
  const table: Table = {};
  for (const { kind, resource = '', query, status } of requests) {
    const isCensus = '$select' in query || query['$top'] === '0';
    const name = kind === 'token' ? ' token' : `${resource} ${isCensus ? 'census' : 'data'}`;
    const { calls, failed } = table[name] ?? { calls: 0, failed: 0 };
    table[name] = { calls: calls + 1, failed: failed + (status === 200 ? 0 : 1) };
  }
  return table;
}

async function recorded({ db }: World): Promise<Table> {
  const rows = await db.query<Record<'resource' | 'kind' | 'calls' | 'failed', string>>(
    'SELECT resource, kind, SUM(calls) AS calls, SUM(failed) AS failed FROM etl_api_usage GROUP BY resource, kind',
  );
  return Object.fromEntries(
    rows.map(({ resource, kind, calls, failed }) => [
      `${resource} ${kind}`,
      { calls: Number(calls), failed: Number(failed) },
    ]),
  );
}

let world: Omit<World, 'dir' | 'clock'>;

beforeAll(async () => {
  const { sandbox, db, database } = await pipeline({ listings: 20, mediaPerListing: 1 });
  world = { sandbox, db, database };
});

// Validates: Requirements 6.4
test(
  'Feature: trestle-etl-pipeline, Property 18: Cost Tracking Accuracy: For any API usage, the cost monitor should accurately track and report usage statistics including API calls and estimated costs.',
  async () => {
    const { sandbox, db, database } = world;
    const keys = [...sandbox.feed.records('Property')]
      .slice(0, 12)
      .map((record) => readText(record, 'ListingKey'));
    let [calls, failed] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { minLength: 1, maxLength: 14 }),
        fc.integer({ min: 0, max: 5000 }),
        async (steps, cents) => {
          await db.query('DELETE FROM etl_api_usage');
          sandbox.requests.length = 0;
          sandbox.faults.clear();
          const clock = fakeClock(Date.now());
          await play({ ...world, dir: temporaryFolder(), clock }, steps, keys);

          const table = served(sandbox.requests);
          expect(await recorded({ ...world, dir: '', clock })).toEqual(table);
          const metered = sandbox.requests.filter(({ kind }) => kind === 'data');
          const price = { per1000Calls: cents / 100, monthlyFee: 7 };
          for (const by of ['day', 'resource', 'run'] as const) {
            const facts = { now: clock.now(), quota: undefined, price, quotaPercent: 15 };
            const usage = await readUsage(database, { days: 3, by }, facts);
            const bad = metered.filter(({ status }) => status !== 200).length;
            expect(usage).toMatchObject({
              totals: { calls: metered.length, failed: bad },
              signIns: sandbox.requests.length - metered.length,
            });
            expect(usage.totals.cost).toBeCloseTo((metered.length * cents) / 100_000, 6);
            const rows = usage.rows.filter(({ kind }) => kind !== 'token');
            expect(rows.reduce((sum, row) => sum + row.calls, 0)).toBe(metered.length);
            expect(rows.reduce((sum, row) => sum + row.cost, 0)).toBeCloseTo(usage.totals.cost, 4);
          }
          calls += metered.length;
          failed += metered.filter(({ status }) => status !== 200).length;
        },
      ),
      CASES,
    );
    // The cases have met what they are about.
    expect(calls).toBeGreaterThan(300);
    expect(failed).toBeGreaterThan(20);
  },
  PATIENCE,
);
