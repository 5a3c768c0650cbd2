import type { Context } from '../../app/context.ts';
import { FatalError } from '../../errors.ts';
import { formatDuration } from '../../lib/duration.ts';
import { requireFeed } from '../shared/require-feed.ts';
import type { StatusReport } from '../shared/status-report.ts';
import { formatStatus } from './format.ts';
import { readStatus } from '../shared/read-status.ts';
import type { StatusFlags } from './index.ts';
import type { Screen } from '../shared/tool.ts';

const PAUSE_MS = 2000;

/**
 * Shows the last runs and how fresh each resource is; reads the database only.
 * @throws FatalError with `--check`, if the tables were last proven to be in step with the feed too long ago.
 */
export async function showStatus(context: Context, flags: StatusFlags, screen: Screen): Promise<void> {
  const { tools } = context;
  if (flags.check === true)
    requireFeed(context, 'status --check', 'trestle-etl status --json shows the age of each release');
  const maxAge = flags.maxAge ?? context.config.alerts.maxAge;
  const write = (status: StatusReport): string =>
    flags.json === true ? JSON.stringify(status, null, 2) : formatStatus(status, maxAge, screen.isColored);
  for (;;) {
    const status = await readStatus(context, flags.last);
    if (flags.watch === true) screen.clear();
    if (flags.check !== true || flags.json === true) screen.print(write(status));
    if (flags.check === true) {
      const fresh = checkFreshness(status, maxAge, context.tools.source.id);
      if (flags.json !== true) screen.print(fresh);
    }
    if (flags.watch !== true) return;
    await tools.clock.sleep(PAUSE_MS, tools.signal).catch(() => undefined);
    if (tools.signal.aborted || !screen.isSeen()) return;
  }
}

/** @returns one line, for monitoring. */
function checkFreshness(status: StatusReport, maxAge: number, source: string): string {
  const { ageSeconds } = status;
  const limit = `at most ${formatDuration(maxAge)} is allowed`;
  if (ageSeconds !== null && ageSeconds * 1000 <= maxAge) {
    return `fresh: in step with the feed ${formatDuration(ageSeconds * 1000)} ago; ${limit}`;
  }
  throw new FatalError(`stale: ${explainStale(status, source)}; ${limit}`, {
    op: 'status',
    hint: 'trestle-etl status shows the last runs, trestle-etl doctor finds the problem',
  });
}

/** Names the resource that is behind, and the state of the last run. */
function explainStale({ resources: all, runs }: StatusReport, source: string): string {
  if (all.length === 0) return 'there are no tables yet';
  const resources = all.filter(({ skipped }) => skipped === undefined);
  if (resources.length === 0) return 'none of RESOURCES is licensed';
  const never = resources.filter(({ ageSeconds }) => ageSeconds === null);
  const [oldest] = [...resources].sort((a, b) => (b.ageSeconds ?? 0) - (a.ageSeconds ?? 0));
  const behind =
    never.length > 0
      ? `${never.map(({ resource }) => resource).join(', ')} was never read completely`
      : `${oldest!.resource} was in step with the feed ${formatDuration((oldest!.ageSeconds ?? 0) * 1000)} ago`;
  const last = runs.find((run) => run.source === source);
  if (last === undefined) return `${behind}; there is no run yet`;
  const reason = last.error_message === null ? '' : `: ${last.error_message}`;
  return `${behind}; the last run (${last.id}, ${last.mode}) started ${last.sync_start.slice(0, 19)} UTC and is ${last.status}${reason}`;
}
