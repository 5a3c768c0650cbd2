import { basename } from 'node:path';
import type { Choice, Schedule } from '../../app/checkup.ts';
import { type Finding, ok, warn } from '../../sources/check.ts';

/** What cron and systemd start of ours, as far as this user may see; a script around it is not seen. */
export function checkCron(schedules: readonly Schedule[], place: Choice): Finding {
  const lines = schedules.flatMap(({ from, text }) =>
    text
      .split('\n')
      .filter((line) => !/^\s*[#;]/.test(line) && /\btrestle-etl\b/.test(line) && isFor(line, place))
      .map((line) => ({ from, line })),
  );
  const running = (command: string) =>
    lines.find(({ line }) => new RegExp(`\\s${command}\\b`).test(line))?.from;
  const [sync, reconcile, load] = [running('sync'), running('reconcile'), running('full-load')];
  const own = place.profile === undefined ? '' : `, with --profile ${place.profile}`;
  if (sync === undefined) {
    return warn(
      'no crontab or timer that this user may see runs sync',
      `crontab -e: the lines of crontab.example${own}`,
    );
  }
  if (load !== undefined) {
    return warn(
      `${load} runs full-load again and again`,
      'take it out: sync goes on wherever the last run ended',
    );
  }
  if (reconcile === undefined) {
    return warn(
      `${sync} runs sync, but nothing runs reconcile: what the feed no longer has stays`,
      `add the line with reconcile of crontab.example${own}`,
    );
  }
  return ok(`sync by ${sync}, reconcile by ${reconcile}`);
}

function isFor(line: string, { envFile, profile }: Choice): boolean {
  if (profile !== undefined) return new RegExp(`--profile[ =]${profile}(?![\\w-])`).test(line);
  if (envFile !== undefined) return line.includes(basename(envFile));
  return !/--(profile|env-file)\b/.test(line);
}
