import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/trestle/index.ts';
import { configured, type Ended, trestle, trestleProcess } from '../helpers/cli.ts';
import { type Attempt, type Contender, contender } from '../helpers/contenders.ts';
import type { FreshDatabase } from '../helpers/database.ts';
import { sandboxFor, temporaryFolder } from '../helpers/pipeline.ts';
import { CASES, PATIENCE } from './arbitraries.ts';
import { migratedDatabase } from '../helpers/template.ts';

const PROCESSES = 4;

let db: FreshDatabase;
let contenders: Contender[];

beforeAll(async () => {
  db = await migratedDatabase();
  contenders = Array.from({ length: PROCESSES }, () => contender(db));
});
afterAll(() => Promise.all(contenders.map((each) => each.kill())));

/** Some processes try at nearly the same moment; then whoever holds the locks keeps them, frees them or is killed. */
const anyStep = fc.record({
  tries: fc
    .shuffledSubarray([0, 1, 2, 3], { minLength: 1 })
    .chain((who) =>
      fc.tuple(...who.map((index) => fc.record({ index: fc.constant(index), delay: fc.nat(4) }))),
    ),
  after: fc.constantFrom('keep', 'keep', 'keep', 'free', 'free', 'free', 'kill'),
});

type Step = {
  readonly tries: readonly { readonly index: number; readonly delay: number }[];
  readonly after: string;
};

async function tryAll(tries: Step['tries'], stateDir: string): Promise<Attempt[]> {
  return Promise.all(
    tries.map(async ({ index, delay }) => {
      await wait(delay);
      return contenders[index]!.take(stateDir);
    }),
  );
}

/** Plays the steps in one state directory: at most one process holds the locks at any time. */
async function play(steps: readonly Step[], stateDir: string): Promise<void> {
  let holder: number | undefined;
  for (const { tries, after } of steps) {
    const others = tries.filter(({ index }) => index !== holder);
    const results = await tryAll(others, stateDir);
    const winners = others.filter((_, place) => results[place]!.done);
    expect(winners).toHaveLength(holder === undefined && others.length > 0 ? 1 : 0);
    for (const refused of results.filter(({ done }) => !done)) {
      expect(refused).toMatchObject({ name: 'BusyError', exitCode: 75 });
      expect(refused.message).toMatch(/another run is active/);
    }
    holder ??= winners[0]?.index;
    if (holder === undefined || after === 'keep') continue;
    if (after === 'free') expect(await contenders[holder]!.free()).toEqual({ done: true });
    else {
      await contenders[holder]!.kill();
      contenders[holder] = contender(db);
    }
    holder = undefined;
  }
}

/** A run of the command line that is started so many milliseconds after the others. */
const anyRun = fc.record({
  command: fc.constantFrom('sync', 'full-load', 'reconcile'),
  delay: fc.oneof(fc.constant(0), fc.nat(300)),
});

type Run = { readonly command: string; readonly delay: number };

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(10);
}

/** Holds every request for data back, so that a run that has begun can't end, until it is opened. */
function gate(sandbox: Sandbox) {
  let [waiting, isOpen] = [0, false];
  sandbox.onRequest = async () => {
    waiting += 1;
    await until(() => isOpen);
  };
  return {
    open: () => void (isOpen = true),
    waiting: () => waiting,
  };
}

type Round = {
  readonly results: readonly Ended[];
  readonly begun: number;
  readonly statuses: readonly string[];
};

/** Starts them all; the one that gets in is held until all others have ended. */
async function contend(sandbox: Sandbox, runs: readonly Run[], folders: readonly string[]): Promise<Round> {
  const [last] = await db.query<{ id: string }>('SELECT MAX(id) AS id FROM etl_sync_log');
  const held = gate(sandbox);
  const results: Ended[] = [];
  const all = runs.map(async ({ command, delay }, index) => {
    await wait(delay);
    results.push(await trestleProcess(folders[index % folders.length]!, [command]));
  });
  // A second one that sends a request would never end. The one that gets in has sent its own, or has ended too.
  const areOthersDone = (): boolean => results.length >= runs.length - 1 && held.waiting() > 0;
  await until(() => areOthersDone() || results.length === runs.length || held.waiting() > 1);
  const begun = held.waiting();
  held.open();
  await Promise.all(all);
  const sql = 'SELECT status FROM etl_sync_log WHERE id > ? ORDER BY id';
  const rows = await db.query<{ status: string }>(sql, [last?.id]);
  return { results, begun, statuses: rows.map(({ status }) => status) };
}

function expectOneRun({ results, begun, statuses }: Round): void {
  expect(begun).toBe(1);
  const others = results.slice(1);
  expect(results.map(({ code }) => Number(code)).sort((a, b) => a - b)).toEqual([0, ...others.map(() => 75)]);
  for (const { code, stdout, stderr } of results) {
    expect(stdout).toBe('');
    if (code === 0) expect(stderr).toBe('');
    else expect(stderr).toMatch(/^trestle-etl: another run is active.*\n$/);
  }
  expect([...statuses].sort()).toEqual([...others.map(() => 'skipped'), 'success']);
}

// Validates: Requirements 5.2
describe('Feature: trestle-etl-pipeline, Property 16: Execution Lock Prevention: For any attempt to run overlapping ETL executions, only the first instance should proceed while subsequent attempts should exit gracefully.', () => {
  test(
    'promise 15: of processes that try at the same moment one gets the locks, also where a killed one left them',
    async () => {
      await fc.assert(
        fc
          .asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 4 }), (steps) =>
            play(steps, temporaryFolder()),
          )
          .afterEach(() => Promise.all(contenders.map((each) => each.free()))),
        CASES,
      );
    },
    PATIENCE,
  );

  test(
    'promise 15: of runs that overlap one does its work, the others say so, leave with 75 and send no request',
    async () => {
      const sandbox = await sandboxFor({ listings: 3, mediaPerListing: 1 });
      const folders = Array.from({ length: 5 }, () => configured(sandbox, db));
      expect(await trestle(folders[0]!, ['sync'])).toMatchObject({ code: 0 });
      const runs = fc.array(anyRun, { minLength: 5, maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(runs, async (drawn) =>
          expectOneRun(await contend(sandbox, drawn, folders.slice(0, 1))),
        ),
        // Each case is five processes of the command line.
        { numRuns: 4, endOnFailure: true },
      );
      // As from other hosts: each has a state directory of its own, and waits six seconds for the database's lock.
      await fc.assert(
        fc.asyncProperty(runs, async (drawn) => expectOneRun(await contend(sandbox, drawn, folders))),
        { numRuns: 1, endOnFailure: true },
      );
    },
    PATIENCE,
  );
});
