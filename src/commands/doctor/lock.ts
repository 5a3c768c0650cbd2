import type { Host, Parts } from '../../app/checkup.ts';
import { formatDuration } from '../../lib/duration.ts';
import { type Check, fail, type Finding, ok, warn } from '../../sources/check.ts';

type LockInfo = ReturnType<Host['lock']>;

/** One check for each source: each has its own lock in STATE_DIR. The first source's check is named `lock` in every version. */
export function listLockChecks(host: Host, parts: () => Parts, sources: readonly string[]): Check[] {
  return sources.map((source, nth) => ({
    name: nth === 0 ? 'lock' : `${source} lock`,
    needs: ['state folder'],
    run: () => checkLock(host.lock(parts().config.stateDir, source)),
  }));
}

export function checkLock({ state, owner, age, path }: LockInfo): Finding {
  const holder = owner?.pid === undefined ? 'an unnamed process' : `process ${owner.pid} on ${owner.host}`;
  if (state === 'free') return ok('free');
  if (state === 'held') return ok(`${holder} holds it: a run is active`);
  if (state === 'dead') {
    return warn(
      `${holder} holds it and is dead: that run was killed`,
      'nothing to do: the next run takes it over; if none starts, check cron',
    );
  }
  if (age >= 0) {
    return warn(
      `${holder} holds it but has not updated it for ${formatDuration(age)}, so it is dead`,
      'nothing to do: the next run takes it over; if none starts, check cron. If the process is alive on another machine: give each machine a separate STATE_DIR',
    );
  }
  return fail(
    `${holder} holds it and updated it in the future`,
    `make sure that no trestle-etl is running, here or on that machine, then: rm -r ${path}; synchronise the clock: timedatectl set-ntp true`,
  );
}
