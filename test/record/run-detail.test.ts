import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/pool.ts';
import { parseRunDetail } from '../../src/record/run-detail.ts';
import { openRun, readLastCount, readSkippedResources } from '../../src/record/run-log.ts';
import { migratedDatabase } from '../helpers/template.ts';

const NOON = Date.UTC(2026, 2, 19, 12);

test('a detail is an object for each dataset, and anything else is none', () => {
  expect(parseRunDetail('{"Media":{"sets":2}}')).toEqual({ Media: { sets: 2 } });
  expect(parseRunDetail('{}')).toEqual({});
  for (const other of [
    null,
    '',
    'null',
    '7',
    '[]',
    '[{}]',
    '{"Media":null}',
    '{"Media":[]}',
    '{"Media":{"se',
  ])
    expect(parseRunDetail(other)).toBeNull();
});

test('a detail that was cut off is skipped, and does not fail the queries that read it', async () => {
  const db = await migratedDatabase();
  const database = openDatabase({ ...db, socket: undefined, database: db.name, tls: undefined });
  const start = { source: 'trestle', mode: 'reconcile', host: 'h', pid: 1, version: '1' };
  const id = await openRun(database, start, 'success', NOON);
  const cut = '{"Member":{"skipped":"not licensed","counted":{"upstream":1,';
  await database.run('UPDATE etl_sync_log SET detail = ? WHERE id = ?', [cut, String(id)]);
  expect(await readSkippedResources(database, ['Member'])).toEqual(new Map());
  expect(await readLastCount(database, 'Member', NOON)).toBeUndefined();
  await database.close();
});
