import type { Parts } from '../../app/checkup.ts';
import { hasTables } from '../../record/tables.ts';
import { formatDuration } from '../../lib/duration.ts';
import { readAge } from '../../record/freshness.ts';
import { readLastRuns, type LoggedRun } from '../../record/run-log.ts';
import { fail, type Finding, ok, warn } from '../../sources/check.ts';

/** Compares the age of the tables with ALERT_MAX_AGE. */
export async function checkFreshness(
  { config, database, resources }: Parts,
  source: string,
  now: number,
): Promise<Finding> {
  if (!(await hasTables(database))) return checkAge(null, undefined, config.alerts.maxAge);
  const names = resources.map(({ name }) => name);
  const age = await readAge(database, names, () => now);
  const [last] = await readLastRuns(database, 1, source);
  return checkAge(age, last, config.alerts.maxAge);
}

/** @param age milliseconds since the feed's end was last reached; null: never. */
export function checkAge(age: number | null, last: LoggedRun | undefined, maxAge: number): Finding {
  if (last === undefined) return warn('nothing is loaded yet', 'trestle-etl full-load');
  const reason = last.error_message === null ? '' : `: ${last.error_message}`;
  const run = `the last run (${last.id}, ${last.mode}) is ${last.status}${reason}`;
  if (age === null) return warn(`the feed was never read to its end; ${run}`, 'trestle-etl sync resumes');
  const what = `in step with the feed ${formatDuration(age)} ago`;
  if (age > maxAge) {
    return fail(
      `${what}, more than the allowed ${formatDuration(maxAge)}; ${run}`,
      'run trestle-etl sync; if that works, check cron: its mail, its PATH, its user',
    );
  }
  return last.status === 'failed'
    ? warn(`${what}, but ${run}`, 'trestle-etl sync shows whether the problem is gone')
    : ok(what);
}
