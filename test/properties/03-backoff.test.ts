import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/pool.ts';
import { retryWhileUnavailable } from '../../src/db/retry-while-unavailable.ts';
import { transaction } from '../../src/db/transaction.ts';
import { BusyError, UnavailableError } from '../../src/errors.ts';
import type { DatabaseAddress } from '../../src/db/address.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { withRunRetries } from '../../src/run/run-retries.ts';
import { fakeClock } from '../helpers/fake-clock.ts';
import { type Line, type Pipeline, pipeline } from '../helpers/pipeline.ts';
import { type Proxy, proxyTo } from '../helpers/proxy.ts';
import { type Reply, scriptedServer, type ScriptedServer } from '../helpers/scripted-server.ts';
import { sourceOf } from '../helpers/source.ts';
import { CASES, PATIENCE } from './arbitraries.ts';

/** What `Math.random` would give. */
const anyLuck = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });

/** Gives these numbers in turn, again and again. */
function drawing(luck: readonly number[]): () => number {
  let turn = 0;
  return () => luck[turn++ % luck.length]!;
}

const NEVER = new AbortController().signal;

/** What `work` threw. */
async function outcomeOf<T>(work: Promise<T>): Promise<{ result?: T; error?: unknown }> {
  try {
    return { result: await work };
  } catch (error) {
    return { error };
  }
}

/** The waits that were logged with this message. */
function waitsIn(lines: readonly Line[], message: string): number[] {
  return lines.filter((line) => line.message === message).map(({ data }) => (data as { ms: number }).ms);
}

/** An answer that may pass, and what it says of the wait. */
type Failure = { readonly reply: Reply; readonly isLimited: boolean; readonly asked: number };

const anyRetryAfter = fc.oneof(
  fc.constant({ headers: {}, asked: 0 }),
  fc.integer({ min: 0, max: 90 }).map((s) => ({ headers: { 'retry-after': String(s) }, asked: s * 1000 })),
  fc.integer({ min: -9, max: 90 }).map((s) => {
    const date = Date.UTC(2026, 0, 1);
    const headers = {
      date: new Date(date).toUTCString(),
      'retry-after': new Date(date + s * 1000).toUTCString(),
    };
    return { headers, asked: Math.max(0, s * 1000) };
  }),
);

const brokenOff: Reply = {
  raw: (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"value":[');
    setImmediate(() => response.destroy());
  },
};

const anyFailure: fc.Arbitrary<Failure> = fc.oneof(
  fc
    .tuple(fc.constantFrom(408, 500, 502, 503, 504, 599), anyRetryAfter)
    .map(([status, { headers, asked }]) => ({
      reply: { status, headers },
      isLimited: false,
      asked,
    })),
  anyRetryAfter.map(({ headers, asked }) => ({ reply: { status: 429, headers }, isLimited: true, asked })),
  fc
    .constantFrom<Reply>(
      { raw: (response) => response.destroy() },
      brokenOff,
      { body: '' },
      { body: '<html>blocked</html>' },
      { body: '{"value":[{"ListingKey":"1"' },
      { body: '{"error":{}}' },
    )
    .map((reply) => ({ reply, isLimited: false, asked: 0 })),
);

let server: ScriptedServer;
let script: Reply[] = [];
let pipe: Pipeline;
let proxy: Proxy;

beforeAll(async () => {
  server = await scriptedServer({ data: () => script.shift() ?? { body: { '@odata.count': 7, value: [] } } });
  pipe = await pipeline({ listings: 5 });
  proxy = await proxyTo(pipe.db.host, pipe.db.port);
});
afterAll(async () => {
  await server.close();
  await proxy.close();
});

/** The database behind the proxy. */
function addressOf({ db }: Pipeline, { port }: Proxy): DatabaseAddress {
  const { name: database, user, password } = db;
  return { host: '127.0.0.1', port, socket: undefined, tls: undefined, database, user, password };
}

/** The most failures in a row; a 429 is an answer. */
function longestRow(failures: readonly Failure[]): number {
  let [row, longest] = [0, 0];
  for (const { isLimited } of failures) {
    row = isLimited ? 0 : row + 1;
    longest = Math.max(longest, row);
  }
  return longest;
}

// Validates: Requirements 1.3, 3.5, 5.3
describe('Feature: trestle-etl-pipeline, Property 3: Exponential Backoff Retry Logic: For any rate limit or connection failure scenario, retry attempts should follow exponential backoff timing patterns with configurable maximum attempts.', () => {
  test(
    'requests',
    async () => {
      const anyCase = fc.record({
        failures: fc.array(anyFailure, { maxLength: 12 }),
        maxRetries: fc.nat(8),
        deadline: fc.constantFrom(0, 5000, 60_000, 600_000, 3_600_000),
        luck: anyLuck,
      });
      await fc.assert(
        fc.asyncProperty(anyCase, async ({ failures, maxRetries, deadline, luck }) => {
          script = failures.map(({ reply }) => reply);
          server.asked.length = 0;
          const random = drawing(luck);
          const { source, clock, lines } = sourceOf(server, { maxRetries, deadline, random });
          const start = clock.now();
          const { result, error } = await outcomeOf(source.keys.count(property, NEVER));

          // Each wait is exponential, or what the server asked for where that is longer.
          const waits = waitsIn(lines, 'retrying');
          const chance = drawing(luck);
          const wanted = failures.map(({ isLimited, asked }, attempt) => {
            const share = isLimited ? 1 : chance();
            return Math.max(asked, Math.round(share * Math.min(32_000, 1000 * 2 ** attempt)));
          });
          expect(waits).toEqual(wanted.slice(0, waits.length));
          const pauses = [...clock.sleeps];
          for (const ms of waits) pauses.splice(pauses.indexOf(ms), 1);
          // The other pauses are the circuit breaker's: a minute at most, after five failures in a row.
          expect(clock.sleeps).toHaveLength(waits.length + pauses.length);
          expect(pauses.length).toBeLessThanOrEqual(longestRow(failures) >= 5 ? failures.length : 0);
          for (const ms of pauses) expect(ms).toBeLessThanOrEqual(60_000);

          const tries = server.asked.length;
          const spent = failures.slice(0, tries);
          const failed = spent.filter(({ isLimited }) => !isLimited).length;
          // The breaker's pause would have passed the deadline: then the last wait is followed by no try.
          const isShut = tries === waits.length;
          if (isShut) expect(longestRow(spent)).toBeGreaterThanOrEqual(5);
          else expect(tries).toBe(waits.length + 1);
          expect(failed).toBeLessThanOrEqual(maxRetries + 1);
          expect(clock.now() - start).toBeLessThanOrEqual(deadline);
          if (error === undefined) {
            expect(result).toBe(7);
            expect(tries).toBe(failures.length + 1);
            return;
          }
          const isLimited = spent.at(-1)?.isLimited ?? false;
          expect(error).toBeInstanceOf(isLimited ? BusyError : UnavailableError);
          expect(error).toMatchObject({ exitCode: isLimited ? 75 : 69 });
          const isLate = clock.now() - start + wanted[tries - 1]! > deadline;
          expect(failed > maxRetries || isLate || isShut || longestRow(spent) > 5).toBe(true);
        }),
        CASES,
      );
    },
    PATIENCE,
  );

  test(
    'connections to the database',
    async () => {
      const anyCase = fc.record({
        errno: fc.constantFrom(1040, 1047, 1053),
        refusals: fc.oneof(fc.nat(8), fc.nat(35)),
      });
      await fc.assert(
        fc.asyncProperty(anyCase, async ({ errno, refusals }) => {
          let tries = 0;
          proxy.refuse = ({ sql }) => (sql === 'CONNECT' && ++tries <= refusals ? errno : undefined);
          const database = openDatabase(addressOf(pipe, proxy));
          const clock = fakeClock();
          const tools = { clock, random: () => 1, log: pipe.tools().log.database, signal: NEVER };
          const { error } = await outcomeOf(
            retryWhileUnavailable(tools, async () => (await database.connect()).drop()),
          );
          await database.close();
          const wanted = Array.from({ length: refusals }, (_, attempt) => Math.min(5000, 100 * 2 ** attempt));
          const sums = wanted.map((_, last) => wanted.slice(0, last + 1).reduce((sum, ms) => sum + ms, 0));
          const inTime = sums.filter((sum) => sum <= 120_000).length;
          expect(clock.sleeps).toEqual(wanted.slice(0, inTime));
          expect(tries).toBe(inTime + 1);
          if (inTime === refusals) expect(error).toBeUndefined();
          else expect(error).toBeInstanceOf(UnavailableError);
        }),
        CASES,
      );
    },
    PATIENCE,
  );

  test(
    'transactions that the database rolls back',
    async () => {
      proxy.refuse = undefined;
      const database = openDatabase(addressOf(pipe, proxy));
      const connection = await database.connect();
      const anyCase = fc.record({
        errno: fc.constantFrom(1205, 1213),
        rollbacks: fc.nat(7),
        luck: anyLuck,
      });
      await fc.assert(
        fc.asyncProperty(anyCase, async ({ errno, rollbacks, luck }) => {
          let commits = 0;
          proxy.refuse = ({ sql }) => (sql === 'COMMIT' && ++commits <= rollbacks ? errno : undefined);
          const clock = fakeClock();
          const log = pipe.tools().log.database;
          const tools = { clock, random: drawing(luck), log, signal: NEVER };
          const { result, error } = await outcomeOf(transaction(connection, tools, async () => 'done'));
          const chance = drawing(luck);
          const wanted = Array.from({ length: Math.min(rollbacks, 4) }, (_, attempt) =>
            Math.round(chance() * Math.min(2000, 50 * 2 ** attempt)),
          );
          expect(clock.sleeps).toEqual(wanted);
          expect(commits).toBe(wanted.length + 1);
          if (rollbacks < 5) expect(result).toBe('done');
          else expect(error).toBeInstanceOf(UnavailableError);
        }),
        CASES,
      );
      connection.drop();
      await database.close();
    },
    PATIENCE,
  );

  test(
    'whole runs',
    async () => {
      const anyCase = fc.record({ failures: fc.nat(12), retries: fc.nat(10), luck: anyLuck });
      await fc.assert(
        fc.asyncProperty(anyCase, async ({ failures, retries, luck }) => {
          const clock = fakeClock();
          const tools = pipe.tools({
            odata: { maxRetries: 0, clock },
            tools: { clock, random: drawing(luck) },
          });
          pipe.sandbox.faults.clear();
          if (failures > 0) pipe.sandbox.faults.add({ kind: 'status', status: 503, count: failures });
          pipe.lines.length = 0;
          let runs = 0;
          const { result, error } = await outcomeOf(
            withRunRetries(tools, retries, async ({ source, signal }) => {
              runs += 1;
              return source.keys!.count(property, signal);
            }),
          );
          const chance = drawing(luck);
          const wanted = Array.from({ length: Math.min(failures, retries) }, (_, attempt) =>
            Math.round(chance() * Math.min(900_000, 60_000 * 2 ** attempt)),
          );
          expect(waitsIn(pipe.lines, 'the run failed; retrying')).toEqual(wanted);
          for (const ms of wanted) expect(clock.sleeps).toContain(ms);
          expect(runs).toBe(wanted.length + 1);
          if (failures <= retries) expect(result).toBe(5);
          else expect(error).toBeInstanceOf(UnavailableError);
        }),
        CASES,
      );
    },
    PATIENCE,
  );
});
