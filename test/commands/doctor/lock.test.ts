import { expect, test } from 'vitest';
import type { Host, Parts } from '../../../src/app/checkup.ts';
import { runChecks } from '../../../src/commands/doctor/run-checks.ts';
import { listLockChecks, checkLock } from '../../../src/commands/doctor/lock.ts';

const owner = { pid: 4711, host: 'here' };

test.each([
  ['a free lock is good', { state: 'free', owner: undefined, age: 0 }, 'ok', /^free$/],
  ['so is one that a run holds', { state: 'held', owner, age: 3000 }, 'ok', /process 4711 on here.*active/],
  ['one that a killed run left is taken over', { state: 'dead', owner, age: 3000 }, 'warn', /4711.*killed/],
  [
    'so is one of another machine that is silent',
    { state: 'silent', owner, age: 120_000 },
    'warn',
    /for 2 min 0 s/,
  ],
  ['one from the future is not', { state: 'silent', owner, age: -90_000 }, 'fail', /in the future/],
  ['an unnamed one is reported too', { state: 'silent', owner: {}, age: 90_000 }, 'warn', /unnamed process/],
] as const)('promise 15: %s', (_, look, result, what) => {
  const finding = checkLock({ ...look, path: '/srv/state/run.lock' });
  expect(finding.result).toBe(result);
  expect(finding.what).toMatch(what);
  if (result === 'warn') expect(finding.advice).toMatch(/^nothing to do: the next run takes it over/);
  if (result === 'fail') expect(finding.advice).toContain('rm -r /srv/state/run.lock');
});

test('each source has its own check, of its own lock', async () => {
  const host = {
    lock: (stateDir: string, source: string) => {
      const state = source === 'list' ? 'held' : 'free';
      return { path: `${stateDir}/${source}`, state, owner, age: 0 } as const;
    },
  } as Partial<Host> as Host;
  const parts = { config: { stateDir: '/srv/state' } } as Parts;
  const checks = listLockChecks(host, () => parts, ['trestle', 'list']);
  expect(checks.map(({ name }) => name)).toEqual(['lock', 'list lock']);
  const [first, second] = await runChecks(checks.map((check) => ({ ...check, needs: [] })));
  expect(first).toMatchObject({ result: 'ok', what: 'free' });
  expect(second?.what).toMatch(/process 4711 on here/);
});
