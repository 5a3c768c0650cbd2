import { basename } from 'node:path';
import type { ConfigChoice, Schedule } from '../../app/checkup.ts';
import { type Finding, ok, warn } from '../../sources/check.ts';

/**
 * Checks which commands cron and systemd start. Sees only schedules that this user may read, and no commands inside scripts.
 * @param hasFeed whether a feed is configured, whose deleted records only reconcile removes.
 */
export function checkCron(schedules: readonly Schedule[], choice: ConfigChoice, hasFeed: boolean): Finding {
  const lines = schedules.flatMap(({ from, text }) =>
    text
      .split('\n')
      .filter(
        (line) => !/^\s*[#;]/.test(line) && /\btrestle-etl\b/.test(line) && belongsToConfig(line, choice),
      )
      .map((line) => ({ from, line })),
  );
  const running = (command: string) =>
    lines.find(({ line }) => new RegExp(`\\s${command}\\b`).test(line))?.from;
  const [sync, reconcile, load] = [running('sync'), running('reconcile'), running('full-load')];
  const own = choice.profile === undefined ? '' : `, with --profile ${choice.profile}`;
  if (sync === undefined) {
    return warn(
      'no crontab or timer that this user can read runs sync',
      `run crontab -e, and add the lines of crontab.example${own}`,
    );
  }
  if (load !== undefined) {
    return warn(`${load} runs full-load repeatedly`, 'remove it: sync resumes from the end of the last run');
  }
  if (reconcile === undefined && hasFeed) {
    return warn(
      `${sync} runs sync, but nothing runs reconcile: records that the feed has deleted remain`,
      `add the reconcile line of crontab.example${own}`,
    );
  }
  return ok(reconcile === undefined ? `sync by ${sync}` : `sync by ${sync}, reconcile by ${reconcile}`);
}

function belongsToConfig(line: string, { envFile, profile }: ConfigChoice): boolean {
  if (profile !== undefined) return new RegExp(`--profile[ =]${profile}(?![\\w-])`).test(line);
  if (envFile !== undefined) return line.includes(basename(envFile));
  return !/--(profile|env-file)\b/.test(line);
}
