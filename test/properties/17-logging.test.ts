import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { openLogs } from '../../src/log/log.ts';
import { createRedactor } from '../../src/log/redact.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { readText } from '../../src/sandbox/trestle/record.ts';
import { type Pipeline, pipeline, temporaryFolder } from '../helpers/pipeline.ts';
import { CASES, PATIENCE } from './arbitraries.ts';

// Validates: Requirements 5.4, 6.1, 6.2, 6.3

const LISTINGS = 40;
const KINDS = ['etl_main', 'api_calls', 'data_quality', 'database', 'errors'] as const;

let all: Pipeline;

beforeAll(async () => {
  all = await pipeline({ listings: LISTINGS });
});

const anyRun = fc.record({
  changed: fc.integer({ min: 0, max: LISTINGS }),
  spoilt: fc.integer({ min: 0, max: 5 }),
  pageSize: fc.integer({ min: 5, max: 50 }),
  /** Requests that fail in passing, at the beginning. */
  failures: fc.integer({ min: 0, max: 2 }),
  isRefused: fc.boolean(),
  limit: fc.integer({ min: 1500, max: 20_000 }),
});

type AnyRun = typeof anyRun extends fc.Arbitrary<infer T> ? T : never;
type Line = Record<string, unknown> & { readonly msg: string; readonly run?: number };

function linesOf(dir: string, kind: string): Line[] {
  return readdirSync(dir)
    .filter((file) => file.startsWith(`${kind}.2`))
    .sort((a, b) => Number(a.split('.').at(-2)) - Number(b.split('.').at(-2)))
    .flatMap((file) => readFileSync(join(dir, file), 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line) as Line);
}

/**
 * Moves these listings; the first ones of them are such that they can't be rows.
 * @returns all of the feed that can't: whatever moved lately is read again.
 */
function change({ changed, spoilt }: AnyRun): Set<string> {
  const { feed } = all.sandbox;
  for (const [index, record] of [...feed.records('Property')].slice(0, Math.max(changed, spoilt)).entries()) {
    const ModificationTimestamp = new Date().toISOString();
    feed.put('Property', {
      ...record,
      ModificationTimestamp,
      ListPrice: index < spoilt ? 'cheap' : index + 1,
    });
  }
  const bad = [...feed.records('Property')].filter((record) => record['ListPrice'] === 'cheap');
  return new Set(bad.map((record) => readText(record, 'ListingKey')));
}

async function isAllLogged(given: AnyRun): Promise<void> {
  const { sandbox, db } = all;
  const dir = temporaryFolder();
  const logs = await openLogs({
    dir,
    level: 'info',
    maxBytes: given.limit,
    retentionDays: 14,
    retentionFiles: 1000,
    redactor: createRedactor([sandbox.clientSecret]),
    now: Date.now(),
    onLost: (message) => expect.fail(message),
  });
  const spoilt = change(given);
  const before = sandbox.requests.length;
  sandbox.faults.clear();
  if (given.failures > 0) {
    sandbox.faults.add({ kind: 'status', status: 503, count: given.failures, resource: 'Property' });
  }
  if (given.isRefused) {
    sandbox.faults.add({
      kind: 'status',
      status: 400,
      count: Infinity,
      skip: given.failures,
      resource: 'Property',
    });
  }
  const odata = { pageSize: given.pageSize, log: logs };
  const ended = await all
    .run({ resources: [property] }, { odata, tools: { log: logs, setRun: logs.setRun } })
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  logs.close();

  const [row] = await db.query<Record<string, string>>('SELECT * FROM etl_sync_log ORDER BY id DESC LIMIT 1');
  const log = Object.fromEntries(KINDS.map((kind) => [kind, linesOf(dir, kind)])) as Record<
    (typeof KINDS)[number],
    Line[]
  >;

  // The run: its start, its end, its numbers as they stand in etl_sync_log.
  const main = log.etl_main.filter(({ msg }) => msg.startsWith('run '));
  expect(main.map(({ msg }) => msg)).toEqual([
    'run started',
    ended === undefined ? 'run ended' : 'run ended early',
  ]);
  expect(main[1]).toMatchObject({
    status: row!['status'],
    calls: Number(row!['api_calls_made']),
    totals: { processed: Number(row!['records_processed']), rejected: Number(row!['records_rejected']) },
  });
  // Every call that the feed was sent, and no other.
  const calls = log.api_calls.filter(({ msg }) => msg === 'answered');
  const served = sandbox.requests.slice(before);
  expect(calls.map(({ status, path }) => `${String(status)} ${String(path)}`)).toEqual(
    served.map(({ status, path }) => `${status} ${path}`),
  );
  for (const call of calls) {
    expect(call).toMatchObject({
      method: expect.any(String),
      query: expect.any(Object),
      ms: expect.any(Number),
      bytes: expect.any(Number),
      attempt: expect.any(Number),
    });
  }
  // Every record that was put aside, with the field, the rule and the value.
  const told = log.data_quality.filter(({ msg }) => msg === 'quarantined');
  if (ended === undefined) expect(new Set(told.map(({ key }) => key))).toEqual(spoilt);
  expect(told).toHaveLength(Number(row!['records_rejected']));
  for (const { reasons } of told) {
    expect(reasons).toEqual([{ field: 'ListPrice', rule: expect.any(String), value: 'cheap' }]);
  }
  // Every batch, with rows, duration and retries.
  const batches = log.database.filter(({ msg }) => msg === 'committed');
  expect(batches.reduce((sum, { processed }) => sum + Number(processed), 0)).toBe(
    Number(row!['records_processed']),
  );
  for (const batch of batches) expect(batch).toMatchObject({ ms: expect.any(Number), retries: 0 });
  // On each line of a run its id, and time, level and process on every one; no file over its limit.
  for (const line of Object.values(log).flat()) {
    expect(line).toMatchObject({ time: expect.any(String), level: expect.any(String), pid: process.pid });
  }
  for (const line of [...calls, ...batches, ...told, ...main]) expect(line.run).toBe(Number(row!['id']));
  for (const file of readdirSync(dir)) {
    const { size } = statSync(join(dir, file));
    const count = readFileSync(join(dir, file), 'utf8').split('\n').length - 1;
    expect(size <= given.limit || count === 1, `${file} has ${size} bytes`).toBe(true);
  }
}

test(
  'Feature: trestle-etl-pipeline, Property 17: Comprehensive Logging Coverage: For any ETL operation, all significant events, errors, and performance metrics should be logged to appropriate log files with proper rotation.',
  () => fc.assert(fc.asyncProperty(anyRun, isAllLogged), CASES),
  PATIENCE,
);
