import type { Context } from '../../app/context.ts';
import { hasItems } from '../../report/has-items.ts';
import { requireFeed } from '../shared/require-feed.ts';
import type { StatusReport } from '../../report/status-report.ts';
import { checkFreshness } from './check-freshness.ts';
import { formatStatus } from './format.ts';
import { readStatus } from '../../report/read-status.ts';
import type { StatusFlags } from './index.ts';
import type { Screen } from '../shared/tool.ts';

const PAUSE_MS = 2000;

/**
 * Shows the last runs and how fresh each resource is; reads the database only.
 * @throws FatalError with `--check`, if the tables were last proven to be in step with the feed too long ago, or if a source of
 *   items was last read too long ago.
 */
export async function showStatus(context: Context, flags: StatusFlags, screen: Screen): Promise<void> {
  const { tools } = context;
  const feed = findFeed(context);
  const hasChecks = feed !== undefined || context.sources.some(({ id }) => hasItems(context, id));
  if (flags.check === true && !hasChecks)
    requireFeed(context, 'status --check', 'trestle-etl status --json shows the age of each release');
  const maxAge = flags.maxAge ?? context.config.alerts.maxAge;
  const write = (status: StatusReport): string =>
    flags.json === true ? JSON.stringify(status, null, 2) : formatStatus(status, maxAge, screen.isColored);
  for (;;) {
    const status = await readStatus(context, flags.last);
    if (flags.watch === true) screen.clear();
    if (flags.check !== true || flags.json === true) screen.print(write(status));
    if (flags.check === true) {
      const fresh = checkFreshness(status, { feed, sources: context.sources, maxAge });
      if (flags.json !== true) screen.print(fresh);
    }
    if (flags.watch !== true) return;
    await tools.clock.sleep(PAUSE_MS, tools.signal).catch(() => undefined);
    if (tools.signal.aborted || !screen.isSeen()) return;
  }
}

/** The id of the configured feed; undefined if there is none. */
function findFeed({ sources, sourceNamed }: Context): string | undefined {
  return sources.find(({ id }) => {
    const { release, items } = sourceNamed(id).tools.source;
    return release === undefined && items === undefined;
  })?.id;
}
