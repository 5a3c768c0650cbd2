import type { Host, Parts } from '../../app/checkup.ts';
import { formatDuration } from '../../lib/duration.ts';
import { type Check, fail, type Finding, ok, warn } from '../../sources/check.ts';

type Look = ReturnType<Host['lock']>;

/** The lock in STATE_DIR. */
export function lockCheck(host: Host, parts: () => Parts): Check {
  return {
    name: 'lock',
    needs: ['state folder'],
    run: () => lockFinding(host.lock(parts().config.stateDir), parts().config.stateDir),
  };
}

export function lockFinding({ state, owner, age }: Look, stateDir: string): Finding {
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
    `make sure that no trestle-etl is running, on that machine either, then: rm -r ${stateDir}/run.lock; set the clock right: timedatectl set-ntp true`,
  );
}
