import { describe, expect, test } from 'vitest';
import { CredentialsError, InterruptedError, UnavailableError } from '../../src/errors.ts';
import { property } from '../../src/sources/trestle/datasets/property.ts';
import { withRunRetries } from '../../src/run/run-retries.ts';
import { run } from '../../src/run/run.ts';
import { fakeClock } from '../helpers/fake-clock.ts';
import { expectParity } from '../helpers/parity.ts';
import { pipeline } from '../helpers/pipeline.ts';

const options = { mode: 'sync', resources: [property], dryRun: false } as const;
const away = (): UnavailableError => new UnavailableError('away', { op: 'test' });

describe('a run that is retried', () => {
  test('resumes from the last commit, as a separate run with its own call count', async () => {
    const { sandbox, db, tools } = await pipeline({ listings: 500 });
    sandbox.faults.add({ kind: 'status', status: 503, skip: 2, count: 1, resource: 'Property' });
    const clock = fakeClock(Date.now());
    const own = { ...tools({ odata: { pageSize: 100, maxRetries: 0 } }), clock, random: () => 1 };
    const outcome = await withRunRetries(own, 1, (each) => run(each, options));
    expect(outcome).toMatchObject({ status: 'success', run: 2 });
    expect(clock.sleeps).toEqual([60_000]);
    expect(await expectParity(sandbox, db, property)).toBe(500);
    const runs = await db.query(
      'SELECT status, records_inserted AS n, api_calls_made AS calls FROM etl_sync_log ORDER BY id',
    );
    const calls = sandbox.requests.filter((request) => request.kind !== 'token').length;
    expect(runs).toEqual([
      { status: 'failed', n: '200', calls: '4' },
      { status: 'success', n: '300', calls: String(calls - 4) },
    ]);
  });

  test('backs off, and rethrows the last error after the last retry', async () => {
    const { tools } = await pipeline({ listings: 1 });
    const clock = fakeClock();
    let times = 0;
    const failing = async (): Promise<never> => {
      times += 1;
      throw away();
    };
    await expect(withRunRetries({ ...tools(), clock, random: () => 1 }, 6, failing)).rejects.toThrow('away');
    expect(times).toBe(7);
    expect(clock.sleeps.map((ms) => ms / 60_000)).toEqual([1, 2, 4, 8, 15, 15]);
  });

  test.each([
    ['credentials that are refused', new CredentialsError('no', { op: 'test' })],
    ['an error that nobody expected', new TypeError('no')],
    ['a signal to stop', new InterruptedError('SIGTERM')],
  ])('does not retry after %s', async (_, error) => {
    const { tools } = await pipeline({ listings: 1 });
    let times = 0;
    const failing = async (): Promise<never> => {
      times += 1;
      throw error;
    };
    await expect(withRunRetries(tools(), 3, failing)).rejects.toBe(error);
    expect(times).toBe(1);
  });

  test('a signal to stop ends the wait', async () => {
    const stop = new AbortController();
    const { tools } = await pipeline({ listings: 1 });
    const work = withRunRetries({ ...tools(), signal: stop.signal, random: () => 1 }, 3, async () => {
      setTimeout(() => stop.abort(new InterruptedError('SIGINT')), 20);
      throw away();
    });
    await expect(work).rejects.toThrow(InterruptedError);
  });
});
