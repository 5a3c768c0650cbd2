import type { Host, Parts } from '../../app/checkup.ts';
import { formatDuration } from '../../lib/duration.ts';
import { type Check, fail, type Finding, ok, warn } from '../../sources/check.ts';

type LockInfo = ReturnType<Host['lock']>;

/** One check a source: each has its own lock in STATE_DIR. The first source's check is named `lock` in every version. */
export function listLockChecks(host: Host, parts: () => Parts, sources: readonly string[]): Check[] {
  return sources.map((source, nth) => ({
    name: nth === 0 ? 'lock' : `${source} lock`,
    needs: ['state folder'],
    run: () => checkLock(host.lock(parts().config.stateDir, source)),
  }));
}

export function checkLock({ state, owner, age, path }: LockInfo): Finding {
  const who = owner?.pid === undefined ? 'a process without a name' : `process ${owner.pid} on ${owner.host}`;
  if (state === 'free') return ok('free');
  if (state === 'held') return ok(`${who} holds it: a run is active`);
  if (state === 'dead') {
    return warn(
      `${who} holds it and is dead: that run was killed`,
      'nothing: the next run takes it over; if none comes, look at cron',
    );
  }
  if (age >= 0) {
    return warn(
      `${who} holds it and has not touched it for ${formatDuration(age)}, and so is dead`,
      'nothing: the next run takes it over; if none comes, look at cron. Should it be alive on another machine: give each machine a STATE_DIR of its own',
    );
  }
  return fail(
    `${who} holds it and touched it in the future`,
    `make sure that no trestle-etl is running, on that machine either, then: rm -r ${path}; set the clock right: timedatectl set-ntp true`,
  );
}
