import { EventEmitter, once } from 'node:events';
import { afterAll, expect, test } from 'vitest';
import { defineDataset, integer, key, string } from '../../src/dataset/describe.ts';
import { BusyError } from '../../src/errors.ts';
import { acquireLock as acquireHostLock } from '../../src/host/lock.ts';
import type { RunOptions } from '../../src/run/active-run.ts';
import type { RunOutcome } from '../../src/run/run.ts';
import type { Source } from '../../src/sources/source.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { expectParity } from '../helpers/parity.ts';
import { pipeline, temporaryFolder } from '../helpers/pipeline.ts';

const parcel = defineDataset({
  name: 'TestParcel',
  table: 'test_parcels',
  rawTable: 'test_parcels_raw',
  key: 'ParcelNumber',
  version: undefined,
  volatile: [],
  read: { kind: 'append' },
  fields: { ParcelNumber: key, Owner: string(100), Acres: integer },
});

const BATCHES = 3;

/** A source of three batches; before each it waits for what `before` returns. */
function importOf(before: (batch: number) => Promise<void>): Source {
  return {
    id: 'county',
    now: Date.now,
    requests: () => 0,
    async *read(_dataset, { cursor }) {
      for (let batch = Number(cursor?.timestamp ?? 0); batch < BATCHES; batch += 1) {
        await before(batch);
        const records = [0, 1].map((nth) =>
          JSON.stringify({ ParcelNumber: `p${batch}-${nth}`, Owner: 'An owner', Acres: nth }),
        );
        yield { records, damaged: new Set(), cursor: { timestamp: String(batch + 1) } };
      }
    },
  };
}

const all = await pipeline({ listings: 60 });
const stateDir = temporaryFolder();
const events = new EventEmitter();
afterAll(() => events.emit('open'));

function runImport(source: Source, options: Partial<RunOptions> = {}): Promise<RunOutcome> {
  const { log } = all.tools();
  const acquireLock = () => acquireHostLock(stateDir, log.main, source.id);
  return all.run(
    { resources: [parcel], ...options },
    { tools: { source, acquireLock, catalogue: [parcel] } },
  );
}

test('a long import of one source blocks no sync of another, which blocks no second import', async () => {
  const started = once(events, 'started');
  const gate = once(events, 'open');
  const running = runImport(
    importOf(async (batch) => {
      if (batch !== 1) return;
      events.emit('started');
      await gate;
    }),
  );
  await started;

  expect(await all.run({ resources: [property] })).toMatchObject({ status: 'success' });
  expect(await expectParity(all.sandbox, all.db, property)).toBe(60);
  all.sandbox.feed.changeListings(5);
  expect(await all.run({ resources: [property] })).toMatchObject({ totals: { updated: 5 } });
  await expect(runImport(importOf(() => Promise.resolve()))).rejects.toThrow(BusyError);

  events.emit('open');
  expect(await running).toMatchObject({ status: 'success', totals: { inserted: 2 * BATCHES } });
  const rows = await all.db.query('SELECT COUNT(*) AS n FROM test_parcels');
  expect(rows).toEqual([{ n: '6' }]);
  const runs = await all.db.query('SELECT source, status FROM etl_sync_log ORDER BY id');
  expect(runs).toEqual([
    { source: 'county', status: 'success' },
    { source: 'trestle', status: 'success' },
    { source: 'trestle', status: 'success' },
    { source: 'county', status: 'skipped' },
  ]);
});
