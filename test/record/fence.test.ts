import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/pool.ts';
import { transaction } from '../../src/db/transaction.ts';
import { clock } from '../../src/host/clock.ts';
import { FencedError } from '../../src/errors.ts';
import { moveWatermark, createWatermark, readWatermark } from '../../src/record/watermark.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { pipeline } from '../helpers/pipeline.ts';
import { migratedDatabase } from '../helpers/template.ts';

const AT = '2026-01-01 00:00:00.000';

test('promise 1: the watermark moves by compare-and-set, in the text that the source sent', async () => {
  const db = await migratedDatabase();
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  const connection = await database.connect();
  const none = createWatermark('Property');
  const first = { ...none, cursor: { timestamp: '2026-03-19T22:06:45.7731234-00:00', key: 'K ' } };
  const moved = await moveWatermark(connection, none, first, { run: 1, source: 'trestle' }, AT);
  expect(moved.version).toBe(1);
  expect(await readWatermark(connection, 'Property')).toMatchObject({ cursor: first.cursor, version: 1 });
  await expect(moveWatermark(connection, none, first, { run: 2, source: 'trestle' }, AT)).rejects.toThrow(
    FencedError,
  );
  await expect(
    moveWatermark(connection, { ...moved, version: 7 }, first, { run: 2, source: 'trestle' }, AT),
  ).rejects.toThrow(FencedError);
  expect(await readWatermark(connection, 'Property')).toMatchObject({ version: 1 });
  connection.release();
  await database.close();
});

test('promise 1: a run that lost its lock commits nothing more', async () => {
  const { sandbox, db, run } = await pipeline({ listings: 500 });
  let pages = 0;
  sandbox.onRequest = async (seen) => {
    if (seen.resource !== 'Property' || pages++ !== 3) return;
    await db.query('UPDATE etl_watermark SET version = version + 1, run_id = 99');
  };
  await expect(run({ resources: [property] }, { odata: { pageSize: 100 } })).rejects.toThrow(FencedError);
  const [rows] = await db.query<{ n: string }>('SELECT COUNT(*) AS n FROM properties');
  expect(Number(rows!.n)).toBeLessThanOrEqual(300);
  const [log] = await db.query<Record<string, string>>('SELECT * FROM etl_sync_log');
  expect(log).toMatchObject({ status: 'failed', records_inserted: rows!.n });
});

test('a transaction that loses a deadlock is retried as a whole', async () => {
  const db = await migratedDatabase();
  await db.query('CREATE TABLE t (id INT PRIMARY KEY, n INT) ENGINE=InnoDB');
  await db.query('INSERT INTO t VALUES (1, 0), (2, 0)');
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  const lines: string[] = [];
  const note = (_: object, message: string) => void lines.push(message);
  const tools = {
    clock,
    random: Math.random,
    signal: new AbortController().signal,
    log: { debug: note, info: note, warn: note, error: note },
  };
  const crossing = async (first: string, second: string): Promise<void> => {
    const connection = await database.connect();
    await transaction(connection, tools, async (session) => {
      await session.run('UPDATE t SET n = n + 1 WHERE id = ?', [first]);
      await clock.sleep(200);
      await session.run('UPDATE t SET n = n + 1 WHERE id = ?', [second]);
    });
    connection.release();
  };
  await Promise.all([crossing('1', '2'), crossing('2', '1')]);
  expect(await db.query('SELECT n FROM t')).toEqual([{ n: 2 }, { n: 2 }]);
  expect(lines).toContain('transaction rolled back, retrying');
  await database.close();
});
