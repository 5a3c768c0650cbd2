import type { Parts } from '../../app/checkup.ts';
import { hasTables } from '../../record/tables.ts';
import { formatDuration } from '../../lib/duration.ts';
import { freshAge } from '../../record/freshness.ts';
import { lastRuns, type LoggedRun } from '../../record/run-log.ts';
import { fail, type Finding, ok, warn } from '../../sources/check.ts';

/** How old the tables are, against ALERT_MAX_AGE. */
export async function checkFreshness({ config, database, resources }: Parts, now: number): Promise<Finding> {
  if (!(await hasTables(database))) return checkAge(null, undefined, config.alerts.maxAge);
  const names = resources.map(({ name }) => name);
  const age = await freshAge(database, names, () => now);
  const [last] = await lastRuns(database, 1);
  return checkAge(age, last, config.alerts.maxAge);
}

/** @param age milliseconds since the feed's end was last reached; null: it never was. */
export function checkAge(age: number | null, last: LoggedRun | undefined, maxAge: number): Finding {
  if (last === undefined) return warn('nothing was loaded yet', 'trestle-etl full-load');
  const says = last.error_message === null ? '' : `: ${last.error_message}`;
  const run = `the last run (${last.id}, ${last.mode}) is ${last.status}${says}`;
  if (age === null) return warn(`the feed was never read to its end; ${run}`, 'trestle-etl sync goes on');
  const what = `in step with the feed ${formatDuration(age)} ago`;
  if (age > maxAge) {
    return fail(
      `${what}, at most ${formatDuration(maxAge)} are allowed; ${run}`,
      'trestle-etl sync; if that works by hand, look at cron: its mail, its PATH, its user',
    );
  }
  return last.status === 'failed'
    ? warn(`${what}, but ${run}`, 'trestle-etl sync shows whether it has passed')
    : ok(what);
}
