import { describe, expect, test } from 'vitest';
import { runChecks } from '../../../src/commands/doctor/run-checks.ts';
import { ConfigError } from '../../../src/errors.ts';
import { type Check, fail, ok, skipped, warn } from '../../../src/sources/check.ts';

const check = (name: string, run: Check['run'], ...needs: string[]): Check => ({ name, needs, run });

async function resultsOf(...checks: Check[]): Promise<string[]> {
  const done = await runChecks(checks);
  return done.map(({ result, what }) => `${result}: ${what}`);
}

describe('the checks', () => {
  test('are skipped if a check they need failed or was skipped, and name it', async () => {
    const results = await resultsOf(
      check('a', () => fail('broken', 'mend it')),
      check('b', () => ok('fine'), 'a'),
      check('c', () => ok('fine'), 'b'),
      check('d', () => ok('fine')),
    );
    expect(results).toEqual(['fail: broken', 'skipped: needs: a', 'skipped: needs: b', 'ok: fine']);
  });

  test('run after a warning, but not after a skipped check', async () => {
    const results = await resultsOf(
      check('a', () => warn('odd', 'look')),
      check('b', () => skipped('nothing to say'), 'a'),
      check('c', () => ok('fine'), 'b'),
    );
    expect(results).toEqual(['warn: odd', 'skipped: nothing to say', 'skipped: needs: b']);
  });

  test('run one after another', async () => {
    const order: string[] = [];
    const slow = async () => {
      order.push('begins');
      await Promise.resolve();
      order.push('ends');
      return ok('');
    };
    await resultsOf(check('a', slow), check('b', slow));
    expect(order).toEqual(['begins', 'ends', 'begins', 'ends']);
  });

  test('fail if they throw; the hint of an EtlError is the advice', async () => {
    const done = await runChecks([
      check('a', () => {
        throw new ConfigError('wrong', { op: 'test', hint: 'make it right' });
      }),
      check('b', () => Promise.reject(new TypeError('a bug'))),
    ]);
    expect(done).toEqual([
      { name: 'a', result: 'fail', what: 'wrong', advice: 'make it right' },
      { name: 'b', result: 'fail', what: 'a bug', advice: undefined },
    ]);
  });
});
