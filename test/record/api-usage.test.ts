import { beforeEach, expect, test } from 'vitest';
import { type Connection, openDatabase } from '../../src/db/pool.ts';
import type { CallCount } from '../../src/model/usage.ts';
import {
  readCallsByHour,
  readCallsByResource,
  readCallsByRun,
  readFirstHour,
  saveCalls,
} from '../../src/record/api-usage.ts';
import { closeRun, openRun } from '../../src/record/run-log.ts';
import { migratedDatabase } from '../helpers/template.ts';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 2, 19, 12);

let connection: Connection;

beforeEach(async () => {
  const db = await migratedDatabase();
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  connection = await database.connect();
  return async () => {
    connection.release();
    await database.close();
    await db.drop();
  };
});

function count(more: Partial<CallCount>): CallCount {
  const zero = { calls: 0, failed: 0, bytes: 0, ms: 0 };
  return { run: 0, hour: NOON, source: 'trestle', resource: 'Property', kind: 'data', ...zero, ...more };
}

/** The calls of each row, and what they are of. */
function calls(rows: readonly { calls: number }[]): unknown[] {
  return rows.map(({ calls: own, ...row }) => ({
    ...row,
    failed: undefined,
    bytes: undefined,
    ms: undefined,
    own,
  }));
}

test('promise 14: what is written twice, or late, counts once', async () => {
  const first = { process: 'a', counts: [count({ calls: 3, failed: 1, bytes: 100, ms: 30 })] };
  const later = { process: 'a', counts: [count({ calls: 5, failed: 1, bytes: 250, ms: 70 })] };
  for (const book of [first, first, later, later, first]) await saveCalls(connection, book);
  expect(await readCallsByHour(connection, 'trestle', 0)).toEqual([
    { hour: NOON, kind: 'data', calls: 5, failed: 1, bytes: 250, ms: 70 },
  ]);
});

test('processes, runs, hours, resources and kinds are summed as requested', async () => {
  const run = await openRun(
    connection,
    { source: 'trestle', mode: 'sync', host: 'h', pid: 1, version: '0' },
    'running',
    NOON + 1500,
  );
  await closeRun(connection, run, { status: 'success', message: null }, NOON + 9000);
  await saveCalls(connection, {
    process: 'a',
    counts: [
      count({ calls: 1, run }),
      count({ calls: 2, run, kind: 'census' }),
      count({ calls: 4, run: 99, hour: NOON + HOUR, resource: 'Media' }),
      count({ calls: 8, resource: '', kind: 'token' }),
    ],
  });
  await saveCalls(connection, { process: 'b', counts: [count({ calls: 16, run })] });
  expect(calls(await readCallsByHour(connection, 'trestle', 0))).toEqual([
    { hour: NOON, kind: 'census', own: 2 },
    { hour: NOON, kind: 'data', own: 17 },
    { hour: NOON, kind: 'token', own: 8 },
    { hour: NOON + HOUR, kind: 'data', own: 4 },
  ]);
  expect(calls(await readCallsByHour(connection, 'trestle', NOON + HOUR))).toHaveLength(1);
  expect(calls(await readCallsByResource(connection, 'trestle', 0))).toEqual([
    { resource: 'Media', kind: 'data', own: 4 },
    { resource: 'Property', kind: 'census', own: 2 },
    { resource: 'Property', kind: 'data', own: 17 },
    { resource: '', kind: 'token', own: 8 },
  ]);
  const known = { mode: 'sync', status: 'success', start: '2026-03-19 12:00:01.500' };
  const unknown = { mode: null, status: null, start: null };
  expect(calls(await readCallsByRun(connection, 'trestle', 0))).toEqual([
    { run, kind: 'census', ...known, own: 2 },
    { run, kind: 'data', ...known, own: 17 },
    { run: 99, kind: 'data', ...unknown, own: 4 },
    { run: 0, kind: 'token', ...unknown, own: 8 },
  ]);
});

test('the first hour is the oldest; there is none if there were no calls', async () => {
  expect(await readFirstHour(connection, 'trestle')).toBeUndefined();
  const counts = [count({ hour: NOON + HOUR }), count({ hour: NOON - HOUR })];
  await saveCalls(connection, { process: 'a', counts });
  expect(await readFirstHour(connection, 'trestle')).toBe(NOON - HOUR);
});

test('more counts than one statement holds are all written', async () => {
  const counts = Array.from({ length: 1201 }, (_, run) => count({ run, calls: 1 }));
  await saveCalls(connection, { process: 'a', counts });
  expect(await readCallsByHour(connection, 'trestle', 0)).toMatchObject([{ calls: 1201 }]);
});
