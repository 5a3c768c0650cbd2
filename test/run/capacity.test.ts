import { describe, expect, test } from 'vitest';
import { FatalError } from '../../src/errors.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { describeShortage } from '../../src/run/capacity.ts';
import { expectParity } from '../helpers/parity.ts';
import { pipeline } from '../helpers/pipeline.ts';

const MB = 1024 ** 2;
const SHORT = { disks: [], memory: 60 * MB };
const least = { disk: 100 * MB, memory: 100 * MB };

describe('what is lacking', () => {
  test.each([
    [100, 100, undefined],
    [99, 100, 'only 99 MB free on the disk of /logs (MIN_DISK_FREE is 100 MB)'],
    [100, 50, undefined],
    [100, 49, 'only 49 MB of memory free (MIN_MEMORY_FREE is 100 MB)'],
  ])('%i MB of disk and %i MB of memory', (disk, memory, words) => {
    const disks = [
      { path: '/state', free: 500 * MB },
      { path: '/logs', free: disk * MB },
    ];
    expect(describeShortage({ disks, memory: memory * MB }, least)).toBe(words);
  });
});

describe('a run on a machine that gets full', () => {
  test('stops after the current page, reports the shortage, and resumes once there is space', async () => {
    const { sandbox, db, run } = await pipeline({ listings: 500 });
    let asked = 0;
    const room = () => ({
      disks: [{ path: '/var', free: asked++ < 4 ? 200 * MB : 5 * MB }],
      memory: Infinity,
    });
    const settings = { odata: { pageSize: 100 }, minFree: least };
    const ended = run({ resources: [property] }, { ...settings, tools: { readCapacity: room } });
    await expect(ended).rejects.toThrow(FatalError);
    await expect(ended).rejects.toThrow(/only 5 MB free on the disk of \/var/);
    const [here] = await db.query<{ n: string }>('SELECT COUNT(*) AS n FROM properties');
    expect(Number(here!.n) % 100).toBe(0);
    expect(Number(here!.n)).toBeLessThan(500);
    const rows = await db.query('SELECT status, records_inserted AS n FROM etl_sync_log');
    expect(rows).toEqual([{ status: 'failed', n: here!.n }]);
    await run({ resources: [property] }, settings);
    expect(await expectParity(sandbox, db, property)).toBe(500);
  });

  test('while memory is short, no page is fetched ahead', async () => {
    const { sandbox, db, tools, run } = await pipeline({ listings: 500 });
    const { database } = tools();
    const most = { held: 0 };
    let committed = 0;
    sandbox.onRequest = () => {
      const asked = sandbox.requests.filter((request) => request.kind === 'data').length;
      most.held = Math.max(most.held, asked - committed);
    };
    const lines = { debug: () => {}, warn: () => {}, error: () => {} };
    const info = (_: object, message: string): void => void (committed += message === 'committed' ? 1 : 0);
    const log = { ...tools().log, database: { ...lines, info } };
    const settings = { odata: { pageSize: 100 }, minFree: least };
    await run(
      { resources: [property] },
      { ...settings, tools: { readCapacity: () => SHORT, log, database } },
    );
    expect(most.held).toBe(1);
    expect(await expectParity(sandbox, db, property)).toBe(500);
  });
});
