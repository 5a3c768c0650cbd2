import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { start } from '../helpers/cli.ts';
import { COLUMNS, expectAsIfLoadedAgain, loaded, NAMES, passes } from '../helpers/loaded-feed.ts';
import { sandboxFor } from '../helpers/pipeline.ts';

interface Place {
  filled_to: string | null;
  filled_at: string | null;
}

test('promise 1: a fill that is killed again and again goes on where it was', async () => {
  const set = await loaded(await sandboxFor({ listings: 6000 }));
  const { db, folder } = set;
  let kills = 0;
  const places = new Set<string | null>();
  for (let round = 0; round < 12; round += 1) {
    const { child, ended } = start(folder, ['fields', 'add', 'Property', ...NAMES]);
    const done = new AbortController();
    void ended.then(() => done.abort());
    const from = [...places].at(-1);
    // Killed once it has come further than the one before.
    while (!done.signal.aborted) {
      const [at] = await db.query<{ filled_to: string | null }>('SELECT filled_to FROM etl_field LIMIT 1');
      if (at?.filled_to != null && at.filled_to !== from) break;
      await wait(2);
    }
    child.kill('SIGKILL');
    const { signal, code, stderr } = await ended;
    if (signal !== 'SIGKILL') {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      break;
    }
    kills += 1;
    const [at] = await db.query<Place>('SELECT filled_to, filled_at FROM etl_field LIMIT 1');
    // The kill came after the last page: a fill at its end is in no place.
    if (at?.filled_at != null) break;
    places.add(at?.filled_to ?? null);
  }
  expect(kills).toBeGreaterThan(2);
  // Never back: each place is behind the one before.
  expect([...places]).toEqual([...places].toSorted((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1)));
  await passes(folder, 'fields', 'add', 'Property', ...NAMES);
  const rows = await db.query<{ filled_at: string | null }>('SELECT filled_at FROM etl_field');
  expect(rows.filter((row) => row.filled_at === null)).toEqual([]);
  await expectAsIfLoadedAgain(set, COLUMNS);
});

test('promise 6: syncs beside a fill go on, and every row ends as its newest version has it', async () => {
  const set = await loaded(await sandboxFor({ listings: 10_000 }));
  const { db, folder, sandbox } = set;
  const filling = start(folder, ['fields', 'add', 'Property', ...NAMES]);
  const done = new AbortController();
  void filling.ended.then(() => done.abort());
  const isFilling = async () =>
    (await db.query('SELECT 1 FROM etl_field WHERE filled_to IS NOT NULL')).length > 0;
  while (!done.signal.aborted && !(await isFilling())) await wait(2);
  for (let round = 0; !done.signal.aborted; round += 1) {
    const records = [...sandbox.feed.records('Property')];
    const at = new Date().toISOString();
    for (const record of records.filter((_, index) => index % 7 === round % 7)) {
      sandbox.feed.put('Property', { ...record, Appliances: `Oven${round}`, ModificationTimestamp: at });
    }
    await passes(folder, 'sync');
  }
  expect(await filling.ended).toMatchObject({ code: 0, stderr: '' });
  const beside = await db.query(
    "SELECT id FROM etl_sync_log WHERE mode = 'sync' AND records_updated > 1000 AND sync_start < (SELECT MIN(filled_at) FROM etl_field)",
  );
  expect(beside.length).toBeGreaterThan(0);
  await passes(folder, 'sync');
  await expectAsIfLoadedAgain(set, COLUMNS);
});
